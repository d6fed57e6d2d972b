"""What a run needs at least is known before it is built; too much is one sentence."""

from copy import deepcopy

import pytest
import torch

from mcgan.config.compose import compose
from mcgan.engine import compile_cost
from mcgan.errors import UserError
from mcgan.experiment import forecast
from mcgan.experiment.components import build_components
from mcgan.experiment.forecast import Need, build_without_memory, check_needs
from mcgan.experiment.forecast_time import TimePlan, list_spans
from mcgan.system.memory import memory, memory_errors, say_bytes
from small import NETS, composed


@pytest.mark.parametrize(
    "strategies",
    ["none", "[replay,ema]", "snapshots", "particles", "mixture", "[deligan,meg]", "bourgan"],
)
def test_what_is_counted_is_what_a_game_holds(strategies):
    """Strategies that look at numbers before they are ready may hold a little more."""
    parts = build_components(compose(f"reg={strategies}", *NETS, "name=x").config)
    before = torch.get_rng_state()
    needs = parts.needs()
    assert torch.equal(before, torch.get_rng_state())
    game, copies = parts.game(0), 2 + len(parts.optim.slots)
    trained = 4 * copies * sum(each.numel() for each in game.parameters())
    kept = sum(each.numel() * each.element_size() for each in game.buffers())
    assert 0 <= trained + kept - sum(need.bytes for need in needs[:-2]) <= 4
    assert [need.what for need in needs] == [
        "weights",
        *(f"reg.{name}" for name in game.reg),
        "a batch",
        "the samples of an evaluation",
    ]


@pytest.mark.parametrize(
    ("group", "setting", "value", "most"),
    [
        ("train", "batch_size", 10**13, "a batch, .*: lower train.batch_size or"),
        ("eval", "samples", 10**13, "the samples of an evaluation, .*: lower eval.samples, "),
        ("arch", "width", 10**7, "weights, .*: lower replicas, or arch.width"),
        ("arch", "latent", 10**11, "the samples of an evaluation, .* replicas or arch.latent$"),
    ],
)
def test_what_no_machine_has_is_refused_before_anything_is_built(group, setting, value, most):
    config = deepcopy(composed("non_saturating"))
    config[group][setting] = value
    with pytest.raises(UserError, match=f"^this needs .* TB of memory, most of it for {most}"):
        build_components(config)


def test_the_latents_of_an_evaluation_are_counted():
    """Those of one replica at a time lie beside the samples of all."""
    need = forecast.sample_need(replicas=3, samples=10, shape=(2,), latent=100)
    assert need.bytes == 4 * 10 * (3 * 2 + 100)
    parts = build_components(compose(*NETS, "arch.latent=7", "replicas=3", "name=x").config)
    size, (*_, counted) = parts.size, parts.needs()
    assert counted.bytes == 4 * size.samples * (3 * 2 + 7)


@pytest.mark.parametrize(
    ("words", "most"),
    [
        (["reg=replay", f"reg.replay.size={10**13}"], "reg.replay"),
        (["reg=[ema,snapshots]", "reg.snapshots.keep=1000", "arch.width=60000"], "reg.snapshots"),
        (["reg=particles", f"reg.particles.particles={10**12}"], "reg.particles"),
    ],
)
def test_a_strategys_own_memory_is_counted(words, most):
    config = compose(*NETS, *words, "name=x").config
    with pytest.raises(
        UserError, match=f"most of it for {most}, .*: lower replicas, or a size of {most}$"
    ):
        build_components(config)


def test_random_numbers_of_a_turn_are_counted():
    """The pool of imle is drawn anew in each turn."""
    config = compose("reg=imle", f"reg.imle.pool={10**13}", *NETS, "name=x").config
    with pytest.raises(UserError, match="most of it for a batch"):
        build_components(config)


def test_a_gpu_has_a_memory_of_its_own(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (2000, 10**10))
    config = deepcopy(composed("non_saturating"))
    config["train"]["device"] = "cpu"
    parts = build_components(config)
    config["train"]["device"] = "cuda"
    with pytest.raises(UserError, match="most of it for weights, and there are 2 kB free on the "):
        parts.check_memory()
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (10**9, 10**10))
    parts.check_memory()
    assert parts.needs()[-1].what == "the samples of an evaluation"  # not on the GPU


def test_what_cannot_be_built_without_memory_counts_nothing():
    def fail():
        raise RuntimeError("it wants numbers")

    assert build_without_memory(fail) is None


def test_what_fits_is_not_refused(monkeypatch):
    monkeypatch.setattr(forecast, "memory", lambda: 1000)
    check_needs([Need("a", 400, "a"), Need("b", 600, "b")])
    with pytest.raises(UserError, match="at least 1 kB of memory, most of it for b, and there are"):
        check_needs([Need("a", 401, "a"), Need("b", 600, "b")])


def test_an_allocators_refusal_is_a_sentence_and_other_errors_stay():
    with pytest.raises(UserError, match=r"^there is not enough memory"), memory_errors():
        torch.zeros(10**15)
    with pytest.raises(UserError, match=r"^there is not enough memory"), memory_errors():
        torch.zeros(2**62, 2**62)
    with pytest.raises(RuntimeError, match="shape"), memory_errors():
        raise RuntimeError("wrong shape")
    assert 2**28 < memory() < 2**63


def test_bytes_in_words():
    found = [*map(say_bytes, (12, 1500, 2.5e10, 8e15))]
    assert found == ["12 bytes", "1.5 kB", "25 GB", "8,000 TB"]


@pytest.mark.parametrize(
    ("words", "most"),
    [
        ((f"train.steps={10**13}",), "the calls of its turns: lower train.steps"),
        (
            (f"train.steps={10**12}", f"train.batch_size={10**6}"),
            "the products of its turns: lower ",
        ),
        (
            (f"train.steps={10**11}", "eval.every=1", f"eval.samples={10**8}"),
            "its evaluations: lower ",
        ),
    ],
)
def test_what_takes_years_is_refused_before_anything_is_built(words, most):
    config = compose(*NETS, *words, "train.device=cpu", "name=x").config
    with pytest.raises(UserError, match=rf"^this takes at least [\d,.]+ years, .*{most}"):
        build_components(config)


def test_a_lower_bound_of_the_time_is_one():
    """Of six operations for each weight of D and each example of a turn, and two for a sample."""
    parts = build_components(compose(*NETS, "name=x").config)
    assert parts.outline is not None
    d, g = (
        sum(each.numel() for each in net.parameters()) for net in (parts.outline.D, parts.outline.G)
    )
    size = forecast.Size(replicas=3, batch=5, samples=7)
    calls, learnt, drawn = list_spans(TimePlan(10, 20, 2), size, parts.outline, "cpu")
    assert calls.seconds == pytest.approx(20 * compile_cost.TURN)
    assert learnt.seconds == pytest.approx(6 * d * 5 * 3 * 20 / 1e13)
    assert drawn.seconds == pytest.approx(2 * g * 7 * 3 * 2 / 1e13)

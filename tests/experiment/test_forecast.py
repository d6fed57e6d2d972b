"""What a run needs at least is known before it is built; too much is one sentence."""

from copy import deepcopy

import pytest
import torch

from mcgan.errors import UserError
from mcgan.experiment import forecast
from mcgan.experiment.components import build_components
from mcgan.experiment.forecast import Need, check_needs, measure_networks
from mcgan.system.memory import memory, memory_errors, say_bytes
from small import composed


def test_the_weights_are_counted_without_being_made():
    parts = build_components(composed("non_saturating"))
    before = torch.get_rng_state()
    weights, features = measure_networks(parts.arch, parts.dataset.shape)
    assert torch.equal(before, torch.get_rng_state())
    game = parts.game(0)
    head = game.D.head.weight.numel() + game.D.head.bias.numel()
    assert weights == sum(p.numel() for p in game.parameters()) - head
    assert features == game.D.head.in_features
    copies = 2 + len(parts.optim.slots)
    assert parts.needs()[0] == Need("weights", 4 * weights * copies,
                                    "replicas, or arch.width, arch.depth or arch.latent")


@pytest.mark.parametrize(("group", "setting", "value", "most"), [
    ("train", "batch_size", 10**13, "a batch, .*: lower train.batch_size or"),
    ("eval", "samples", 10**13, "the samples of an evaluation, .*: lower eval.samples or"),
    ("arch", "latent", 10**11, "weights, .*: lower replicas, or arch.width"),
])
def test_what_no_machine_has_is_refused_before_anything_is_built(group, setting, value, most):
    config = deepcopy(composed("non_saturating"))
    config[group][setting] = value
    with pytest.raises(UserError, match=f"^this needs .* TB of memory, most of it for {most}"):
        build_components(config)


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

from copy import deepcopy

import pytest
import torch

from mcgan.engine import compile_cost
from mcgan.errors import UserError
from mcgan.experiment.components import Components, build_components
from mcgan.system.device import device_of
from small import IMAGES, composed, parts


def made(loss: str = "non_saturating", **settings) -> Components:
    config = deepcopy(composed(loss))
    for group, values in settings.items():
        config[group] |= values
    return build_components(config)


def test_a_game_is_a_function_of_its_seed_alone():
    torch.manual_seed(0)
    one = parts("minibatch").game(3).tensors()
    torch.manual_seed(1)
    before = torch.get_rng_state()
    two = parts("minibatch").game(3).tensors()
    assert torch.equal(before, torch.get_rng_state())  # nor does it touch anybody's randomness
    assert all(torch.equal(one[name], two[name]) for name in one)
    other = parts("minibatch").game(4).tensors()
    assert not torch.equal(one["D.head.weight"], other["D.head.weight"])


MACHINE = compile_cost.Machine(call=7e-6, bandwidth=5e9, flops=2e11)


@pytest.mark.parametrize("steps, pays", [(100, False), (200_000, True)])
def test_compiling_is_a_function_of_the_config_and_the_calibration(monkeypatch, steps, pays):
    monkeypatch.setattr(compile_cost, "load_calibration", lambda: MACHINE)
    for each in made(train={"steps": steps}), made("wgan", train={"steps": steps}):
        compiles, why = each.compiles()
        assert compiles == pays or "compiler" in why
        assert why.startswith("auto: ") and (compiles, why) == each.compiles()
    assert made(train={"steps": steps, "compile": True}).compiles()[0] is True
    assert made(train={"steps": steps, "compile": False}).compiles()[0] is False


@pytest.mark.parametrize(
    ("settings", "threads"),
    [
        ({}, 1),
        ({"replicas": 1, "arch": {"width": 512}}, None),
        ({"replicas": 16, "arch": {"width": 128}}, None),
    ],
)
def test_small_products_are_left_to_one_thread(settings, threads):
    config = deepcopy(composed("non_saturating"))
    for key, value in settings.items():
        config[key] = config[key] | value if isinstance(value, dict) else value
    config["train"]["batch_size"] = 64
    assert build_components(config).threads == threads


def test_convolutions_have_the_threads_that_torch_takes():
    assert parts(words=IMAGES).threads is None


def test_without_a_compiler_nothing_is_compiled(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert made(train={"steps": 200_000}).compiles() == (
        False,
        "auto: there is no C++ compiler here",
    )


def test_an_absent_device_is_refused_and_auto_finds_one():
    assert device_of("auto") in ("cpu", "cuda", "mps") and device_of("cpu") == "cpu"
    if not torch.cuda.is_available():
        with pytest.raises(UserError, match="torch finds none here"):
            device_of("cuda")


@pytest.mark.parametrize(
    "group, values, sentence",
    [
        ("optim", {"lr": "fast"}, "optim: lr must be a number"),
        ("optim", {"betas": [2.0, 0.9]}, "optim: betas must be two numbers"),
        ("arch", {"width": 0}, "arch: width must be at least 1"),
        ("objective", {"critic_steps": 0}, "objective: critic_steps must be at least 1"),
        ("objective", {"_target_": "mcgan.optim.Adam"}, "objective._target_: .* is not a subclass"),
        (
            "reg",
            {"r1": {"_target_": "mcgan.reg.r1.R1", "gama": 1.0}},
            "no setting reg.r1.gama; did you mean 'reg.r1.gamma'",
        ),
        ("reg", {"r1": 3}, "reg.r1 must be a mapping"),
    ],
)
def test_a_part_that_cannot_be_built_is_said_in_a_sentence(group, values, sentence):
    with pytest.raises(UserError, match=sentence):
        made(**{group: values})


def test_parts_that_cannot_live_together_are_said_in_a_sentence():
    replay = {"replay": {"_target_": "mcgan.reg.replay.Replay", "size": 3}}
    with pytest.raises(UserError, match=r"reg\.replay: size=3 holds no batch of 8: take"):
        made(reg=replay).trainer(compiled=False)


def test_data_that_are_not_finite_are_refused_in_a_sentence(monkeypatch):
    from mcgan.dataset.ring import Ring

    def draw(self, n, generator):
        x = torch.zeros(n, 2)
        x[3, 1], x[5, 0] = float("nan"), float("inf")
        return x

    monkeypatch.setattr(Ring, "draw", draw)
    with pytest.raises(UserError, match=r"^dataset: 2 of 1,000 examples that it draws are not fin"):
        made()

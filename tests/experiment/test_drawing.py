"""Samples of a checkpoint without the data: strategies find all that they need in it."""

import copy

import pytest
import torch

from mcgan.engine.draws import stream
from mcgan.errors import UserError
from mcgan.experiment.components import assemble
from mcgan.experiment.drawing import Units, build_game, read_latents, read_units, units_of
from mcgan.gan.sampling import sampler
from mcgan.gan.strategy import Strategy
from small import IMAGES, STRATEGIES, composed, parts, refused, strategy_class

LOOKING = [
    s
    for s in STRATEGIES
    if strategy_class(s).setup is not Strategy.setup
    and not refused("objectives", "non_saturating", s)
]


def no_data(*given: object) -> None:
    raise AssertionError("the data are read")


@pytest.mark.parametrize("strategy", LOOKING)
def test_a_strategy_is_sampled_without_data(strategy):
    made = parts(strategy)
    game = made.game(0)
    apart = copy.copy(made)
    apart.dataset = copy.copy(made.dataset)
    apart.dataset.prepare = apart.dataset.draw = no_data
    again = build_game(apart, units_of(made.dataset), game.tensors())
    samples = [sampler(each)(game.tensors(), 20, stream(0, "x")).x for each in (game, again)]
    torch.testing.assert_close(*samples, rtol=0, atol=0)


def test_a_run_of_before_asks_its_dataset_for_the_scale():
    assert read_units(parts(), {}) == units_of(parts().dataset)


def test_pictures_of_before_need_no_files(monkeypatch):
    monkeypatch.setattr("mcgan.dataset.stacked_mnist.StackedMNIST.prepare", no_data)
    config = composed("non_saturating", IMAGES)
    assert read_units(assemble(config), {}) == Units((3, 28, 28), 1.0)


def test_the_checkpoint_says_what_samples_are():
    state = {"units": {"shape": (7,), "scale": 0.5}}
    assert read_units(parts(), state) == Units((7,), 0.5)


def test_a_checkpoint_of_other_nets_is_a_sentence():
    made = parts()
    saved = made.game(0).tensors()
    other = copy.copy(made)
    other.dataset = copy.copy(made.dataset)
    with pytest.raises(UserError, match=r"of another configuration, G\..* differs: restore"):
        build_game(other, Units((3,), 1.0), saved)


@pytest.mark.parametrize(
    ("latents", "words"),
    [
        (torch.zeros(5, 3), r"have the shape \(n, 4\), not \(5, 3\): give"),
        (torch.zeros(4), r"not \(4,\)"),
        (torch.zeros(0, 4), r"not \(0, 4\)"),
        (torch.full((2, 4), torch.nan), "a NaN or an infinity"),
        ([["a"] * 4], "array of numbers"),
        (torch.zeros(2, 4), "n=5 contradicts the 2 latents given"),
    ],
)
def test_latents_of_another_kind_are_a_sentence(latents, words):
    with pytest.raises(UserError, match=words):
        read_latents(latents, 5 if "n=5" in words else None, 4)

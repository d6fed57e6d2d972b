"""Turns in bfloat16: products are, weights, penalties and what is kept are not."""

import pytest
import torch

from mcgan.types import Moment
from small import IMAGES, graphed, largest_difference, run, trainer

BF16 = {"words": ("train.precision=bf16",)}
NAMES = ("replay", "ema", "minibatch")


@pytest.mark.parametrize("pure", [False, True])
def test_a_step_in_bfloat16_is_near_and_not_the_same(pure):
    low = trainer(*NAMES, objective="wgan_gp", pure=pure, **BF16)
    full = trainer(*NAMES, objective="wgan_gp", pure=pure)
    run(low, 3)
    run(full, 3)
    assert 0 < largest_difference(low.replicas.tensors, full.replicas.tensors) < 0.1
    kept = [t for t in low.replicas.tensors.values() if t.is_floating_point()]
    assert {t.dtype for t in kept} == {torch.float32}


def test_a_penalty_is_of_full_precision():
    low, full = (trainer("r1", "r2", objective="rpgan", **words) for words in (BF16, {}))
    x, noise = low.draws(0, 0)
    moment = Moment(noise, torch.zeros(()))
    (_, a), (_, b) = (made.game.play("D", x, moment) for made in (low, full))
    assert torch.equal(a.scalars["r1"], b.scalars["r1"])  # data are of full precision, too
    assert not torch.equal(a.scalars["loss"], b.scalars["loss"])


def test_what_critics_are_shown_is_of_full_precision():
    """A view may multiply matrices; the penalty then takes the critic's gradient at its result."""
    made = trainer("diffaugment", "r1", words=(*BF16["words"], *IMAGES))
    x, noise = made.draws(0, 0)
    moment = Moment(noise, torch.zeros(()))
    with made.game.arithmetic(torch.bfloat16):
        seen = made.game.turn(x, made.game.generate(moment), moment)
    assert seen.real.x.dtype == seen.fake.x.dtype == torch.float32
    assert all(value.isfinite() for _, scalars in run(made, 1) for value in scalars.values())


@pytest.mark.long
def test_a_turn_in_bfloat16_traces_whole():
    eager, compiled = (trainer(*NAMES, "r1", replicas=2, compiled=c, **BF16) for c in (False, True))
    run(eager, 1)
    run(graphed(compiled), 1)
    assert largest_difference(eager.replicas.tensors, compiled.replicas.tensors) < 0.05

"""A critic of single points can't see a collapse; minibatch discrimination can."""

import pytest
import torch

from mcgan.explain.batch import OPTIMUM, TURNS, closeness, pairs, probability, train_one


@pytest.fixture(scope="module")
def critics():
    return {reg: train_one(reg, 0, turns=TURNS) for reg in ("none", "minibatch")}


def verdicts(trainer) -> tuple[torch.Tensor, torch.Tensor]:
    """Of the same points in real batches, and in collapsed ones."""
    return tuple(probability(trainer, batches) for batches in pairs(trainer, 0))


def test_the_batches_share_the_points_judged(critics):
    for real, collapsed in zip(*pairs(critics["none"], 0), strict=True):
        assert torch.equal(real[:8], collapsed[:8])
        assert (real - real[0]).norm(dim=1).max() > 2 and real.shape == collapsed.shape == (64, 2)
        assert (collapsed - collapsed[0]).norm(dim=1).max() < 0.5


def test_a_critic_of_single_points_gives_one_verdict(critics):
    real, collapsed = verdicts(critics["none"])
    assert torch.allclose(real, collapsed, atol=1e-6)
    assert abs(real.mean() - OPTIMUM) < 0.05


def test_minibatch_discrimination_tells_them_apart(critics):
    real, collapsed = verdicts(critics["minibatch"])
    assert real.min() > collapsed.max() + 0.3


def test_closeness_is_larger_in_a_collapsed_batch(critics):
    trainer = train_one("minibatch", 0, turns=0)
    real, collapsed = (closeness(trainer, batches).mean() for batches in pairs(trainer, 0))
    assert abs(real) < 0.1 and collapsed > 0.4

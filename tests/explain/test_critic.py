"""Clipping pushes weights to its limits and flattens the critic (Gulrajani et al. 2017, fig. 1)."""

import numpy as np
import pytest
import torch

from mcgan.explain._game import verdict
from mcgan.explain.critic import CLIP, LIMIT, PENALTY, train_one, weights


@pytest.fixture(scope="module")
def critics():
    cases = {"clip": CLIP, "gp": PENALTY}
    return {name: train_one(words, 0, turns=200) for name, words in cases.items()}


def at_the_limit(trainer) -> float:
    return float((np.abs(weights(trainer)) > 0.99 * LIMIT).mean())


def slope(trainer) -> float:
    """Mean norm of the critic's gradient around the ring."""
    angle = torch.linspace(0, 6.28, 100)
    x = (1.6 * torch.stack([angle.cos(), angle.sin()], dim=1)).requires_grad_()
    [found] = torch.autograd.grad(verdict(trainer, x).score.sum(), x)
    return float(found.norm(dim=1).mean())


def test_clipped_weights_pile_up_at_the_limits(critics):
    assert at_the_limit(critics["clip"]) > 0.5
    assert np.abs(weights(critics["clip"])).max() <= LIMIT * (1 + 1e-6)


def test_a_penalty_leaves_the_weights_free(critics):
    assert np.abs(weights(critics["gp"])).max() > 10 * LIMIT


def test_a_clipped_critic_is_flat_and_a_penalised_one_is_not(critics):
    assert slope(critics["clip"]) < 0.01 < 0.1 < slope(critics["gp"]) < 2

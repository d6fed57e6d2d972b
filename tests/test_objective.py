import math

import pytest
import torch

from mcgan.build import build
from mcgan.objective import (
    Hinge,
    LeastSquares,
    Minimax,
    NonSaturating,
    Objective,
    RelativisticPairing,
    Wasserstein,
)
from small import OBJECTIVES, composed

R, F = torch.tensor([0.5, -2.0, 3.0]), torch.tensor([1.5, 0.0, -1.0])
P, Q = R.sigmoid(), F.sigmoid()  # D(x) and D(G(z)) as probabilities

BY_HAND = [  # the formulas as the papers write them: D's loss, G's loss
    (Minimax(), -P.log() - (1 - Q).log(), (1 - Q).log()),
    (NonSaturating(), -P.log() - (1 - Q).log(), -Q.log()),
    (LeastSquares(), 0.5 * (R - 1) ** 2 + 0.5 * F**2, 0.5 * (F - 1) ** 2),
    (Hinge(), torch.tensor([0.5 + 2.5, 3.0 + 1.0, 0.0 + 0.0]), -F),
    (Wasserstein(), F - R, -F),
    (RelativisticPairing(), -(R - F).sigmoid().log(), -(F - R).sigmoid().log()),
]


@pytest.mark.parametrize("objective, d, g", BY_HAND, ids=lambda each: type(each).__name__)
def test_it_is_the_papers_formula_per_sample(objective, d, g):
    torch.testing.assert_close(objective.d_loss(R, F), d)
    torch.testing.assert_close(objective.g_loss(R if objective.paired else None, F), g)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_far_scores_stay_finite(name):
    objective = build(composed(name)["objective"], Objective, "objective")
    r, f = (torch.tensor([-1e4, 0.0, 1e4], requires_grad=True) for _ in range(2))
    for loss in (objective.d_loss(r, f), objective.g_loss(r, f)):
        assert loss.shape == (3,) and loss.isfinite().all()
        slopes = torch.autograd.grad(loss.sum(), [r, f], allow_unused=True)
        assert all(slope.isfinite().all() for slope in slopes if slope is not None)


def slope_of_g(objective: Objective, score: float) -> float:
    f = torch.tensor([score], requires_grad=True)
    return torch.autograd.grad(objective.g_loss(f.detach(), f).sum(), f)[0].item()


@pytest.mark.parametrize("score", [-10.0, 0.0, 2.0])
def test_minimax_saturates_where_the_critic_wins_and_non_saturating_does_not(score):
    found = 1 / (1 + math.exp(-score))
    assert slope_of_g(Minimax(), score) == pytest.approx(-found, rel=1e-4)
    assert slope_of_g(NonSaturating(), score) == pytest.approx(found - 1, rel=1e-4)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_every_generator_climbs_the_critic(name):
    objective = build(composed(name)["objective"], Objective, "objective")
    assert slope_of_g(objective, 0.3) < 0


def test_an_undecided_critic_pays_two_ln_two():
    zero = torch.zeros(1)
    assert Minimax().d_loss(zero, zero).item() == pytest.approx(2 * math.log(2))


@pytest.mark.parametrize("name, optim, brings", [("wgan", "RMSprop", ["clip"]),
                                                 ("wgan_gp", "Adam", ["gradient_penalty"]),
                                                 ("minimax", "Adam", [])])
def test_an_objective_brings_its_strategies_and_optimiser(name, optim, brings):
    config = composed(name)
    assert list(config["reg"]) == brings
    assert config["optim"]["_target_"] == f"mcgan.optim.{optim}"
    assert config["objective"]["critic_steps"] == (5 if brings else 1)


def test_critic_steps_below_one_are_refused():
    with pytest.raises(ValueError, match="critic_steps must be at least 1"):
        Hinge(critic_steps=0)

import math

import pytest
import torch

from mcgan.config.build import build
from mcgan.config.compose import compose
from mcgan.experiment.components import build_components
from mcgan.functional import log_softplus
from mcgan.objective import (
    FirstOfTwo,
    Hinge,
    LeastSquares,
    Minimax,
    NonSaturating,
    Objective,
    RelativisticAverage,
    RelativisticAverageLeastSquares,
    RelativisticPairing,
    Wasserstein,
)
from mcgan.schedule import Schedule
from small import OBJECTIVES, composed

R, F = torch.tensor([0.5, -2.0, 3.0]), torch.tensor([1.5, 0.0, -1.0])
P, Q = R.sigmoid(), F.sigmoid()  # D(x) and D(G(z)) as probabilities
A, B = R - F.mean(), F - R.mean()  # relative to the average of the other side

BY_HAND = [  # the formulas as the papers write them: D's loss, G's loss
    (Minimax(), -P.log() - (1 - Q).log(), (1 - Q).log()),
    (NonSaturating(), -P.log() - (1 - Q).log(), -Q.log()),
    (LeastSquares(), 0.5 * (R - 1) ** 2 + 0.5 * F**2, 0.5 * (F - 1) ** 2),
    (Hinge(), torch.tensor([0.5 + 2.5, 3.0 + 1.0, 0.0 + 0.0]), -F),
    (Wasserstein(), F - R, -F),
    (RelativisticPairing(), -(R - F).sigmoid().log(), -(F - R).sigmoid().log()),
    (
        RelativisticAverage(),
        -A.sigmoid().log() - (1 - B.sigmoid()).log(),
        -B.sigmoid().log() - (1 - A.sigmoid()).log(),
    ),
    (RelativisticAverageLeastSquares(), (A - 1) ** 2 + (B + 1) ** 2, (B - 1) ** 2 + (A + 1) ** 2),
    (
        FirstOfTwo(alpha=0.5),
        -0.5 * (1 + R.exp()).log().log() + (1 + F.exp()).log(),
        -(1 + F.exp()).log(),
    ),
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


def test_log_softplus_is_exact_from_end_to_end():
    t = torch.linspace(-700, 700, 2001, dtype=torch.float64, requires_grad=True)
    exact = t.exp().log1p().log()
    torch.testing.assert_close(log_softplus(t), exact)
    slopes = [torch.autograd.grad(loss.sum(), t)[0] for loss in (log_softplus(t), exact)]
    torch.testing.assert_close(*slopes)


def test_an_alpha_that_is_not_above_zero_is_refused():
    with pytest.raises(ValueError, match="alpha must be above 0"):
        FirstOfTwo(alpha=0.0)


@pytest.mark.parametrize(
    "name, optim, brings, turns",
    [
        ("wgan", "RMSprop", ["clip"], 5),
        ("wgan_gp", "Adam", ["gradient_penalty"], 5),
        ("d2gan", "Adam", ["second_critic"], 1),
        ("minimax", "Adam", [], 1),
    ],
)
def test_an_objective_brings_its_strategies_and_optimiser(name, optim, brings, turns):
    config = composed(name)
    assert list(config["reg"]) == brings
    assert config["optim"]["_target_"] == f"mcgan.optim.{optim}"
    assert config["objective"]["critic_steps"] == turns


def test_critic_steps_below_one_are_refused():
    with pytest.raises(ValueError, match="critic_steps must be at least 1"):
        Hinge(critic_steps=0)
    with pytest.raises(ValueError, match="generator_steps must be at least 1"):
        Hinge(generator_steps=0)
    with pytest.raises(ValueError, match="catch_up must be at least 0"):
        Wasserstein(catch_up=-1)


ORDER = {"critic_steps": 2, "generator_steps": 3}


def test_a_block_of_ds_turns_comes_before_some_of_gs():
    steps = [Hinge(**ORDER).turns(step) for step in range(4)]
    assert steps == [["D", "D", "G"], ["G"], ["G"], ["D", "D", "G"]]
    assert [Hinge().turns(step) for step in (0, 1, 25)] == 3 * [["D", "G"]]


@pytest.mark.parametrize("made", [Hinge(), Hinge(**ORDER), Wasserstein(5, 2, catch_up=9)])
def test_ds_turns_are_counted_as_they_come(made):
    for steps in (1, 2, 3, 4, 70, 1501):
        came = [player for step in range(steps) for player in made.turns(step)]
        assert made.count_critic_turns(steps) == came.count("D")
        assert came.count("G") == steps
    assert made.count_critic_turns(10**15) > 10**14  # and not one by one


def test_wgans_blocks_are_longer_at_first_and_every_500th():
    """`gen_iterations < 25 or gen_iterations % 500 == 0` in the authors' main.py."""
    made = build(compose("objective=wgan", "name=x").config["objective"], Objective, "objective")
    assert [made.critic_turns(block) for block in (0, 24, 25, 499, 500, 501, 1000)] == [
        100,
        100,
        5,
        5,
        100,
        5,
        100,
    ]
    usual = Wasserstein(critic_steps=5)
    assert {usual.critic_turns(block) for block in range(1001)} == {5}
    assert Wasserstein(critic_steps=5, catch_up=2).critic_turns(0) == 5


def test_r3gan_is_pairing_with_both_penalties_and_an_average_eased_in_over_a_fifth():
    parts = build_components(composed("r3gan"))
    r1, r2, ema = parts.strategies().values()
    assert type(parts.objective) is RelativisticPairing
    assert list(parts.strategies()) == ["r1", "r2", "ema"]
    assert (r1.at, r2.at) == ("real", "fake")
    assert r1.gamma == r2.gamma == Schedule(1.0, 0.1, until=0.2, shape="cosine")
    assert parts.optim.betas == [0.0, Schedule(0.9, 0.99, until=0.2, shape="cosine")]
    assert parts.optim.lr == Schedule(2e-4, 5e-5, until=0.2, shape="cosine")
    assert ema.half_life == Schedule(0.0, 0.05, until=0.2, shape="cosine")


def test_what_a_recipe_brings_may_be_changed():
    words = ("~reg.r1", "reg.r2.gamma=0.3", "optim=rmsprop", "reg=minibatch")
    config = composed("r3gan", words)
    assert list(config["reg"]) == ["r2", "ema", "minibatch"]
    assert config["reg"]["r2"]["gamma"] == 0.3
    assert config["optim"]["_target_"] == "mcgan.optim.RMSprop"


@pytest.mark.parametrize("name", OBJECTIVES)
def test_the_best_score_is_a_log_ratio_where_an_objective_says_so(name):
    """Two places: the data are at the first in 2 of 3 draws, G in 1 of 3. D's expected loss is
    least where the scores, +s / 2 and -s / 2, differ by log 4."""
    objective = build(composed(name)["objective"], Objective, "objective")
    apart = torch.linspace(-3, 3, 601)
    at = torch.stack([apart, -apart]) / 2
    real, fake = torch.cartesian_prod(torch.tensor([0, 0, 1]), torch.tensor([0, 1, 1])).T
    losses = [objective.d_loss(scores[real], scores[fake]).mean() for scores in at.T]
    best = apart[torch.stack(losses).argmin()].item()
    assert (abs(best - math.log(4)) < 0.02) == objective.log_ratio

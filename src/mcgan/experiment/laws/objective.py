"""What holds for every objective, and for those that claim to be paired or a log ratio."""

import math
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from mcgan.experiment.laws.holding import require
from mcgan.objective import Objective

SCORES = torch.linspace(-30, 30, 7, dtype=torch.float64)


def losses(objective: Objective, r: Tensor, f: Tensor) -> tuple[Tensor, Tensor]:
    """D's and G's losses per score, on scores r and f (B,)."""
    return objective.d_loss(r, f), objective.g_loss(r if objective.paired else None, f)


def losses_are_per_score(objective: Objective) -> None:
    """A loss for each score, so that strategies can weigh them."""
    for player, loss in zip("DG", losses(objective, SCORES, SCORES.flip(0)), strict=True):
        require(
            loss.shape == SCORES.shape,
            f"{player}'s loss of 7 scores has the shape {tuple(loss.shape)}, not (7,)",
        )


def losses_are_finite(objective: Objective) -> None:
    """Losses and their gradients are finite for scores from -30 to 30."""
    r, f = (SCORES.clone().requires_grad_() for _ in range(2))
    for player, loss in zip("DG", losses(objective, r, f.flip(0)), strict=True):
        gradients = torch.autograd.grad(loss.sum(), (r, f), allow_unused=True)
        found = [loss, *(each for each in gradients if each is not None)]
        require(
            all(bool(each.isfinite().all()) for each in found),
            f"{player}'s loss or its gradient is not finite for scores from -30 to 30",
        )


def losses_draw_nothing(objective: Objective) -> None:
    """The same scores have the same losses."""
    one, two = (losses(objective, SCORES, SCORES.flip(0)) for _ in range(2))
    for player, first, second in zip("DG", one, two, strict=True):
        require(
            torch.equal(first.nan_to_num(), second.nan_to_num()),
            f"{player}'s losses of the same scores differ: an objective draws no random "
            "numbers and keeps no state",
        )


def critic_takes_turns(objective: Objective) -> None:
    """D has a whole number of turns in each of its blocks, at least one; and so has G after it."""
    steps = objective.critic_steps
    require(isinstance(steps, int) and steps >= 1, f"critic_steps is {steps!r}")
    for block in (0, 1, 1000):
        turns = objective.critic_turns(block)
        require(isinstance(turns, int) and turns >= 1, f"critic_turns({block}) is {turns!r}")


def paired_claim_is_true(objective: Objective) -> None:
    """G's loss depends on real scores where ``paired`` says so."""
    if objective.paired:
        near, far = (objective.g_loss(SCORES + shift, SCORES) for shift in (0.0, 1.0))
        require(not torch.equal(near, far), "it is paired, but G's loss ignores the real scores")


def log_ratio_claim_is_true(objective: Objective) -> None:
    """The best scores of two points are as far apart as their log density ratios.

    The data are at the first of two points in 3 of 4 cases, G's samples in 1 of 4.
    """
    if not objective.log_ratio:
        return
    score = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    real, fake = torch.tensor([0, 0, 0, 1]), torch.tensor([0, 1, 1, 1])
    pairs = torch.cartesian_prod(real, fake)
    descent = torch.optim.LBFGS(
        [score],
        max_iter=200,
        line_search_fn="strong_wolfe",
        tolerance_grad=1e-10,
        tolerance_change=1e-14,
    )

    def loss() -> Tensor:
        descent.zero_grad()
        value = objective.d_loss(score[pairs[:, 0]], score[pairs[:, 1]]).mean()
        value.backward()
        return value

    descent.step(loss)
    found, wanted = (score[0] - score[1]).item(), 2 * math.log(3)
    require(
        abs(found - wanted) < 1e-3,
        "it claims log_ratio, but where the log ratios of two "
        f"points are {wanted:.3f} apart, the best scores are {found:.3f} apart",
    )


def spans_batch_claim_is_true(objective: Objective) -> None:
    """A loss is of its own scores alone, unless ``spans_batch`` says that it is not."""
    if objective.spans_batch:
        return
    r, f = SCORES, SCORES.flip(0)
    among, alone = losses(objective, r, f), losses(objective, r[:3], f[:3])
    for player, of_all, own in zip("DG", among, alone, strict=True):
        if own.shape != r[:3].shape:
            return  # another law says so
        require(
            torch.allclose(of_all[:3], own, atol=1e-4, equal_nan=True),
            f"{player}'s loss of a score depends on the other scores: set spans_batch = True, so "
            "that train.devices knows",
        )


LAWS: dict[str, Callable[[Objective], None]] = {
    "its losses are per score": losses_are_per_score,
    "its losses are finite": losses_are_finite,
    "its losses draw nothing": losses_draw_nothing,
    "the critic takes turns": critic_takes_turns,
    "what it says of paired is so": paired_claim_is_true,
    "what it says of log_ratio is so": log_ratio_claim_is_true,
    "what it says of spans_batch is so": spans_batch_claim_is_true,
}


def laws_of(objective: Objective) -> dict[str, Callable[[], None]]:
    """The laws of an objective."""
    return {name: partial(law, objective) for name, law in LAWS.items()}

"""D's score as the log of a density ratio, p_data over p_G, by which samples can be chosen."""

import torch
from torch import Tensor

from mcgan.gan.game import Game
from mcgan.gan.sampling import SHOWN
from mcgan.gan.turn import critic_with
from mcgan.types import Sample, Sampler, Tensors

RIDGE = 1e-3  # keeps the slope finite where the scores of real and fake do not overlap


@torch.no_grad()
def scores(game: Game, tensors: Tensors, x: Tensor) -> Tensor:
    """D's scores of many examples."""
    critic = critic_with(game.D, tensors)
    return torch.cat([critic(part).score for part in torch.split(x, SHOWN)])


def slope(real: Tensor, fake: Tensor) -> Tensor:
    """a, at least 0, of the best a * score + b to tell real from fake (logistic regression).

    Calibrates D's scores as log ratios; b is left out, since samplers only compare scores.
    """
    score = torch.cat([real, fake]).double()
    unit = score.std() + 1e-12
    x = torch.stack([(score - score.mean()) / unit, torch.ones_like(score)], 1)  # (N, 2)
    target = torch.cat([torch.ones_like(real), torch.zeros_like(fake)]).double()
    weights = x.new_zeros(2)
    for _ in range(20):  # Newton's method
        p = torch.sigmoid(x @ weights)
        gradient = x.T @ (p - target) / len(x) + RIDGE * weights
        curvature = (x.T * (p * (1 - p))) @ x / len(x) + RIDGE * torch.eye(2).to(x)
        weights = weights - torch.linalg.solve(curvature, gradient)
    return (weights[0] / unit).clamp(min=0).to(real)


def calibrated(game: Game, sample: Sampler, tensors: Tensors, real: Tensor,
               generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """The slope of D's scores, and the scores of ``real`` and of as many fakes."""
    fake = sample(tensors, len(real), generator).x
    found = scores(game, tensors, real), scores(game, tensors, fake)
    return slope(*found), *found


def rows(sample: Sample, where: Tensor) -> Sample:
    """Some examples of a sample."""
    return Sample(*(column[where] for column in sample))

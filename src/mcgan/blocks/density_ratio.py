"""D's score as the log of a density ratio, p_data over p_G, by which samples can be chosen."""

import torch
from torch import Tensor

from mcgan.gan.game import Game
from mcgan.gan.sampling import SHOWN
from mcgan.gan.turn import critic_with
from mcgan.types import Draw, Sample, Sampler, Tensors

RIDGE = 1e-4  # keeps the slope finite where the scores of real and fake do not overlap
LEAST = 1e-3  # of the unit of scores, in stds of all of them: real ones may all be equal
NEWTON = 40  # steps; each may double a slope that began too small


@torch.no_grad()
def score_examples(game: Game, tensors: Tensors, x: Tensor) -> Tensor:
    """D's scores (n,) of examples x (n, *S), with the given tensors of the game."""
    critic = critic_with(game.D, tensors)
    return torch.cat([critic(part).score for part in torch.split(x, SHOWN)])


def fit_slope(real: Tensor, fake: Tensor) -> Tensor:
    """The factor a (), at least 0, by which D's scores become logs of density ratios.

    It is the slope of the logistic regression a * score + b of real (n,) against fake (m,) scores.
    Samplers only compare scores, so they do not need b. The ridge is on the slope in stds of the
    real scores: those of fakes far from the data can be hundreds below, and tell nothing.
    """
    score = torch.cat([real, fake]).double()
    unit = torch.maximum(real.double().std(), LEAST * score.std()) + 1e-12
    x = torch.stack([(score - real.double().mean()) / unit, torch.ones_like(score)], 1)  # (N, 2)
    target = torch.cat([torch.ones_like(real), torch.zeros_like(fake)]).double()
    weights = x.new_zeros(2)
    for _ in range(NEWTON):
        p = torch.sigmoid(x @ weights)
        gradient = x.T @ (p - target) / len(x) + RIDGE * weights
        curvature = (x.T * (p * (1 - p))) @ x / len(x) + RIDGE * torch.eye(2).to(x)
        weights = weights - torch.linalg.solve(curvature, gradient)
    return (weights[0] / unit).clamp(min=0).to(real)


def calibrate(
    game: Game,
    sample: Sampler,
    tensors: Tensors,
    real: Tensor,
    generator: torch.Generator,
    fit: bool,
) -> tuple[Tensor, Tensor, Tensor]:
    """The factor of ``fit_slope`` (), and the scores of ``real`` (n, *S) and of n fakes.

    The factor is 1 where it is not to be fitted: the scores are taken as they are.
    """
    fake = sample(tensors, len(real), generator).x
    found = score_examples(game, tensors, real), score_examples(game, tensors, fake)
    slope = fit_slope(*found) if fit else found[0].new_ones(())
    return slope, *found


def select_examples(sample: Sample, where: Tensor) -> Sample:
    """The examples of a sample at the places of an index or a mask."""
    return Sample(*(column[where] for column in sample))


def mix_examples(sample: Sample, generator: torch.Generator) -> Sample:
    """The same examples in an order of chance."""
    order = Draw((len(sample.x),)).sample((), generator).argsort().to(sample.x.device)
    return select_examples(sample, order)

"""Discriminator rejection sampling (DRS; Azadi et al. 2019, section 3 and algorithm 1)."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch
from torch import Tensor

from mcgan.blocks import density_ratio
from mcgan.config.settings import AtLeast, AtMost
from mcgan.gan.compatibility import claim_log_ratio
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.types import Draw, Sample, Sampler, Tensors, join_samples

log = logging.getLogger(__name__)
EPS = 1e-6  # keeps the best candidate's logit finite


@dataclass(eq=False, repr=False)
class Rejection(Strategy):
    """Keeps G(z) with probability sigmoid(F - M - log(1 - e^(F - M - eps)) - gamma), F its score.

    M is the largest score so far. gamma = 0 is rejection sampling, p = e^(F - M), of the data's law
    if F is a log density ratio; in place of 0 it is the ``percentile`` of the rest of the exponent,
    so that more are kept. After ``rounds`` of as many candidates as samples are wanted, plain
    samples take the places that are left, which the log says.
    """

    version: ClassVar[int] = 2  # 1: far fakes flattened the calibration
    percentile: Annotated[float, AtLeast(0), AtMost(100)] | None = 80.0
    calibrate: bool = True
    burn_in: Annotated[int, AtLeast(2)] = 1024
    rounds: Annotated[int, AtLeast(1)] = 50

    def setup(self, game: Game, data: Callable[[int], Tensor]) -> None:
        claim_log_ratio(game, self)
        self.register_buffer("real", data(self.burn_in))

    def sampler(self, sample: Sampler, game: Game) -> Sampler:
        def reject(tensors: Tensors, n: int, generator: torch.Generator) -> Sample:
            real = tensors[self.key("real")]
            slope, _, fake = density_ratio.calibrate(
                game, sample, tensors, real, generator, self.calibrate
            )
            best, parts, missing = (slope * fake).max(), [], n
            for _ in range(self.rounds):
                candidates = sample(tensors, n, generator)
                score = slope * density_ratio.score_examples(game, tensors, candidates.x)
                best = torch.maximum(best, score.max())
                draw = Draw((n,)).sample((), generator).to(score)
                taken = draw < self.chance(score - best)
                parts.append(density_ratio.select_examples(candidates, taken))
                missing -= len(parts[-1].x)
                if missing <= 0:
                    return Sample(*(column[:n] for column in join_samples(parts)))
            log.warning(
                "%s: %d of %d samples are plain ones: %d candidates were not enough",
                self.name,
                missing,
                n,
                n * self.rounds,
            )
            # The verdict looks at the first samples alone, which must be like the others.
            mixed = Draw((n,)).sample((), generator).argsort().to(score.device)
            whole = join_samples([*parts, sample(tensors, missing, generator)])
            return density_ratio.select_examples(whole, mixed)

        return reject

    def chance(self, below: Tensor) -> Tensor:
        """The chance of being kept, by how far a score is below the best."""
        logit = below - torch.log(-torch.expm1(below - EPS))
        if self.percentile is None:
            return logit.sigmoid()
        return (logit - logit.double().quantile(self.percentile / 100).to(logit)).sigmoid()

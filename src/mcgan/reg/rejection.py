"""Discriminator rejection sampling (DRS; Azadi et al. 2019, section 3 and algorithm 1)."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, ClassVar

import torch
from torch import Tensor

from mcgan.blocks import density_ratio
from mcgan.blocks.quotas import Quotas
from mcgan.config.settings import AtLeast, AtMost
from mcgan.gan.compatibility import claim_log_ratio
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.types import Draw, Sample, Sampler, Tensors, join_samples

log = logging.getLogger(__name__)
MANY = 64  # samples, all of one origin by chance about never
EPS = 1e-6  # keeps the best candidate's logit finite


@dataclass(eq=False, repr=False)
class Rejection(Strategy):
    """Keeps G(z) with probability sigmoid(F - M - log(1 - e^(F - M - eps)) - gamma), F its score.

    M is the largest score so far. gamma = 0 is rejection sampling, p = e^(F - M), of the data's law
    if F is a log density ratio; in place of 0 it is the ``percentile`` of the rest of the exponent,
    so that more are kept. After ``rounds`` of as many candidates as samples are wanted, plain
    samples take the places that are left, which the log says.

    D's errors differ between modes, so that rejection moves weight between them. With
    ``keep_origins`` it cannot: each generator, cluster and code keeps its share of plain samples.
    """

    version: ClassVar[int] = 2  # 1: far fakes flattened the calibration
    percentile: Annotated[float, AtLeast(0), AtMost(100)] | None = 80.0
    calibrate: bool = True
    burn_in: Annotated[int, AtLeast(2)] = 1024
    rounds: Annotated[int, AtLeast(1)] = 50
    keep_origins: bool = False

    def setup(self, game: Game, data: Callable[[int], Tensor]) -> None:
        claim_log_ratio(game, self)
        if self.keep_origins and not names_origins(game):
            raise ValueError(
                "keep_origins is for a G of parts, and here all samples have one origin: add a "
                "strategy such as discrete_latent or mixture"
            )
        self.register_buffer("real", data(self.burn_in))

    def sampler(self, sample: Sampler, game: Game) -> Sampler:
        def reject(tensors: Tensors, n: int, generator: torch.Generator) -> Sample:
            plain = sample(tensors, n, generator) if self.keep_origins else None
            one = tensors[self.key("real")].new_zeros(n, dtype=torch.int64)
            quotas = Quotas(one if plain is None else plain.origin)
            parts = []
            for kept in islice(self._accept(sample, game, tensors, n, generator), self.rounds):
                parts.append(self._fill(quotas, kept))
                if not quotas.left:
                    break
            missing = quotas.left
            if missing:
                self._tell(missing, n)
                parts.append(self._fill(quotas, plain or sample(tensors, missing, generator)))
            found = join_samples(parts)
            # The verdict looks at the first samples alone, which must be like the others.
            return density_ratio.mix_examples(found, generator) if missing or plain else found

        return reject

    def _accept(
        self, sample: Sampler, game: Game, tensors: Tensors, n: int, generator: torch.Generator
    ) -> Iterator[Sample]:
        """Of n candidates at a time those that are kept, without an end."""
        real = tensors[self.key("real")]
        slope, _, fake = density_ratio.calibrate(
            game, sample, tensors, real, generator, self.calibrate
        )
        best = (slope * fake).max()
        while True:
            candidates = sample(tensors, n, generator)
            score = slope * density_ratio.score_examples(game, tensors, candidates.x)
            best = torch.maximum(best, score.max())
            draw = Draw((n,)).sample((), generator).to(score)
            yield density_ratio.select_examples(candidates, draw < self.chance(score - best))

    def _fill(self, quotas: Quotas, sample: Sample) -> Sample:
        """The samples that get a place."""
        kind = sample.origin if self.keep_origins else torch.zeros_like(sample.origin)
        return density_ratio.select_examples(sample, quotas.take(kind))

    def _tell(self, missing: int, n: int) -> None:
        log.warning(
            "%s: %d of %d samples are plain ones: %d candidates were not enough",
            self.name,
            missing,
            n,
            n * self.rounds,
        )

    def chance(self, below: Tensor) -> Tensor:
        """The chance of being kept, by how far a score is below the best."""
        logit = below - torch.log(-torch.expm1(below - EPS))
        if self.percentile is None:
            return logit.sigmoid()
        return (logit - logit.double().quantile(self.percentile / 100).to(logit)).sigmoid()


@torch.no_grad()
def names_origins(game: Game) -> bool:
    """Whether samples come from more than one generator, cluster or code."""
    moment = game.moment(MANY, torch.Generator())
    return len(game.show(moment).origin.unique()) > 1

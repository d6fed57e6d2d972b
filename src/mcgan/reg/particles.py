"""Trained particles as latents, in the manner of ParticleGAN (Garcia 2025, 255BITS/ParticleGAN)."""

from dataclasses import dataclass
from typing import Annotated, Any

import torch
from torch import Tensor, nn

from mcgan.blocks.latents import check_draws_alone, one_hot, pick_evenly
from mcgan.config.settings import AtLeast, Scheduled
from mcgan.functional import variance_covariance
from mcgan.gan.game import Game, MakeGenerator
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.types import Draw, Moment, Sample


@dataclass(eq=False, repr=False)
class Particles(Strategy):
    """z = table_i + spread * eps, i even among ``particles``; G trains the table (P, Z).

    The table starts as normal draws, so that it resembles the latents it stands for. ``spread=0``
    makes the latents the particles themselves, and G's samples at most P points. G minimises
    ``weight`` times the variance-covariance regulariser of the whole table too: the particles keep
    a std of 1 in every column at least, and no two columns vary alike.
    """

    particles: Annotated[int, AtLeast(1)] = 1024
    spread: Annotated[Any, Scheduled, AtLeast(0)] = 0.1
    weight: Annotated[Any, Scheduled, AtLeast(0)] = 1.0

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        return {"pick": Draw((batch,))}

    def generator(self, make: MakeGenerator) -> MakeGenerator:
        start = Draw((self.particles, self.z_width), "normal")
        self.table = nn.Parameter(start.sample((), torch.default_generator))
        return make

    def setup(self, game: Game, data: Any) -> None:
        check_draws_alone(self, game)

    def latent(self, sample: Sample, moment: Moment) -> Sample:
        eps, rest = sample.z[:, : self.z_width], sample.z[:, self.z_width :]
        index = pick_evenly(self.get_noise(moment, "pick"), self.particles)
        pick = one_hot(index, self.particles, eps)
        z = pick @ self.table + moment.now(self.spread) * eps
        return sample._replace(z=torch.cat([z, rest], 1))

    def g_term(self, turn: Turn) -> Tensor | None:
        if self.particles < 2:
            return None
        return turn.moment.now(self.weight) * variance_covariance(self.table)

"""A discrete part of the latents: a one-hot code beside z, fixed and even.

A continuous G on a connected latent space must draw bridges between modes; one with a code for each
mode need not (Khayatkhoei et al. 2018, section 3).
"""

from dataclasses import dataclass
from typing import Annotated

import torch

from mcgan.blocks.latents import one_hot, pick_evenly
from mcgan.config.settings import AtLeast
from mcgan.gan.game import MakeGenerator
from mcgan.gan.strategy import Strategy
from mcgan.types import Draw, Moment, Sample


@dataclass(eq=False, repr=False)
class DiscreteLatent(Strategy):
    """z' = [z, one-hot(c)], c even among ``values``, at least as many as the data has modes."""

    values: Annotated[int, AtLeast(1)] = 50

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        return {"pick": Draw((batch,))}

    def generator(self, make: MakeGenerator) -> MakeGenerator:
        return lambda latent: make(latent + self.values)

    def latent(self, sample: Sample, moment: Moment) -> Sample:
        index = pick_evenly(self.get_noise(moment, "pick"), self.values)
        code = one_hot(index, self.values, sample.z)
        return sample._replace(z=torch.cat([sample.z, code], 1))

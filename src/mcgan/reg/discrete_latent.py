"""A discrete part of the latents: one-hot codes beside z, fixed and even.

A continuous G on a connected latent space must draw bridges between modes; one with a code for each
mode need not (Khayatkhoei et al. 2018, section 3). Several codes are for data whose modes are
combinations, such as three digits in three channels (as in InfoGAN, Chen et al. 2016, section 5).
"""

from dataclasses import dataclass
from typing import Annotated

import torch

from mcgan.blocks.latents import one_hot, pick_evenly
from mcgan.config.settings import Above, AtLeast
from mcgan.gan.game import MakeGenerator
from mcgan.gan.strategy import Strategy
from mcgan.types import Draw, Moment, Sample


@dataclass(eq=False, repr=False)
class DiscreteLatent(Strategy):
    """z' = [z, s one-hot(c)], c even among ``values``, at least as many as the data has modes.

    With several ``codes`` each is drawn by itself: n of them name ``values`` to the n modes. s is
    ``scale``: at 1 a code moves G at first as much as one number of z does.
    """

    values: Annotated[int, AtLeast(1)] = 50
    codes: Annotated[int, AtLeast(1)] = 1
    scale: Annotated[float, Above(0)] = 1.0

    @property
    def width(self) -> int:
        """How many numbers stand beside z."""
        return self.values * self.codes

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        return {"pick": Draw((batch, self.codes))}

    def generator(self, make: MakeGenerator) -> MakeGenerator:
        return lambda latent: make(latent + self.width)

    def latent(self, sample: Sample, moment: Moment) -> Sample:
        index = pick_evenly(self.get_noise(moment, "pick"), self.values)
        code = one_hot(index.flatten(), self.values, sample.z).view(len(index), self.width)
        return sample._replace(z=torch.cat([sample.z, self.scale * code], 1))

"""Gaussians on a square grid, usually 25 (Srivastava et al. 2017, VEEGAN; PacGAN's spacing)."""

from dataclasses import dataclass
from typing import Annotated

import torch

from mcgan.config.settings import Above, AtLeast, AtMost
from mcgan.dataset._gaussian import equal
from mcgan.dataset.vectors import GaussianModes


@dataclass(eq=False)
class Grid(GaussianModes):
    """Equal modes at side × side points about the origin."""

    side: Annotated[int, AtLeast(1), AtMost(300)] = 5
    spacing: Annotated[float, Above(0)] = 2.0
    std: Annotated[float, Above(0)] = 0.05
    fixed_size: Annotated[int, AtLeast(1), AtMost(100_000_000)] | None = None
    unit: Annotated[float, Above(0)] | None = None  # the length that is 1 for the nets

    def __post_init__(self) -> None:
        super().__post_init__()
        ticks = self.spacing * (torch.arange(self.side, dtype=torch.float64) - (self.side - 1) / 2)
        self.settle(equal(torch.cartesian_prod(ticks, ticks), self.std), self.fixed_size, self.unit)

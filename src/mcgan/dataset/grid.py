"""Gaussians on a square grid, usually 25 (Srivastava et al. 2017, VEEGAN; PacGAN's spacing)."""

from dataclasses import dataclass

import torch

from mcgan.dataset._gaussian import equal
from mcgan.dataset.vectors import GaussianModes


@dataclass(eq=False)
class Grid(GaussianModes):
    """Equal modes at side × side points about the origin."""

    side: int = 5
    spacing: float = 2.0
    std: float = 0.05
    fixed_size: int | None = None

    def __post_init__(self) -> None:
        if self.side < 1:
            raise ValueError(f"side must be at least 1, not {self.side}")
        if not self.spacing > 0:
            raise ValueError(f"spacing must be above 0, not {self.spacing}")
        ticks = self.spacing * (torch.arange(self.side, dtype=torch.float64) - (self.side - 1) / 2)
        self.settle(equal(torch.cartesian_prod(ticks, ticks), self.std), self.fixed_size)

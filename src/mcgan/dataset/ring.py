"""Gaussians on a circle, the smallest picture of mode collapse (Metz et al. 2017)."""

import math
from dataclasses import dataclass

import torch

from mcgan.dataset._gaussian import equal
from mcgan.dataset.vectors import GaussianModes


@dataclass(eq=False)
class Ring(GaussianModes):
    """Equal modes at even angles of a circle.

    `legacy_seven` repeats a slip of many public copies: angles from 0 to 2π with both ends, so that
    the last mode falls on the first. Of 8 modes 7 are distinct, one twice as heavy; counted as 8.
    """

    modes: int = 8
    radius: float = 1.0
    std: float = 0.01
    legacy_seven: bool = False
    fixed_size: int | None = None

    def __post_init__(self) -> None:
        if self.modes < 1:
            raise ValueError(f"modes must be at least 1, not {self.modes}")
        if not self.radius > 0:
            raise ValueError(f"radius must be above 0, not {self.radius}")
        steps = torch.arange(self.modes, dtype=torch.float64)
        whole = max(self.modes - 1, 1) if self.legacy_seven else self.modes
        angle = steps * (2 * math.pi / whole)
        centres = self.radius * torch.stack([angle.cos(), angle.sin()], 1)
        self.settle(equal(centres, self.std), self.fixed_size)

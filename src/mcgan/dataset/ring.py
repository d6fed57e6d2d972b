"""Gaussians on a circle, the smallest picture of mode collapse (Metz et al. 2017)."""

import math
from dataclasses import dataclass
from typing import Annotated

import torch

from mcgan.config.settings import Above, AtLeast, AtMost
from mcgan.dataset._gaussian import equal
from mcgan.dataset.vectors import GaussianModes


@dataclass(eq=False)
class Ring(GaussianModes):
    """Equal modes at even angles of a circle.

    `legacy_seven` repeats a slip of many public copies: angles from 0 to 2π with both ends, so that
    the last mode falls on the first. Of 8 modes 7 are distinct, one twice as heavy; counted as 8.
    """

    modes: Annotated[int, AtLeast(1), AtMost(100_000)] = 8
    radius: Annotated[float, Above(0)] = 1.0
    std: Annotated[float, Above(0)] = 0.01
    legacy_seven: bool = False
    fixed_size: Annotated[int, AtLeast(1), AtMost(100_000_000)] | None = None
    unit: Annotated[float, Above(0)] | None = None  # the length that is 1 for the nets

    def __post_init__(self) -> None:
        super().__post_init__()
        steps = torch.arange(self.modes, dtype=torch.float64)
        whole = max(self.modes - 1, 1) if self.legacy_seven else self.modes
        angle = steps * (2 * math.pi / whole)
        centres = self.radius * torch.stack([angle.cos(), angle.sin()], 1)
        self.settle(equal(centres, self.std), self.fixed_size, self.unit)

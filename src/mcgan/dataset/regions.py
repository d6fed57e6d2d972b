"""High quality: inside a region around the mode that keeps a known share of real data."""

import math
from dataclasses import dataclass

from scipy.special import gammainc, gammaincinv
from torch import Tensor

from mcgan.dataset.width import invert_truncation

SHARE = 1 - math.exp(-4.5)  # 98.89 %: what 3σ keep in two dimensions


def share_within(radius: float, dim: int) -> float:
    """P(‖z‖ <= radius) for z ~ N(0, I) in `dim` dimensions: the χ distribution."""
    return float(gammainc(dim / 2, radius**2 / 2))


def radius_of(share: float, dim: int) -> float:
    """The χ quantile: the radius within which z ~ N(0, I) falls with probability `share`."""
    return math.sqrt(2 * gammaincinv(dim / 2, share))


@dataclass(frozen=True)
class Ball:
    """‖offset‖ <= radius (VEEGAN, PacGAN)."""

    radius: float
    dim: int

    def holds(self, offset: Tensor) -> Tensor:  # (n, d) in σ -> (n,) bool
        """Whether each offset (n, d) in σ from its mode lies inside: (n,) of bool."""
        return offset.square().sum(1) <= self.radius**2

    def share(self) -> float:
        """The share of a Gaussian mode that lies inside."""
        return share_within(self.radius, self.dim)

    def log_volume(self) -> float:
        """In σ to the power of the dimension."""
        half = self.dim / 2
        return half * math.log(math.pi) - math.lgamma(half + 1) + self.dim * math.log(self.radius)

    def std(self, variance: float) -> float:
        """The std in σ of a Gaussian whose part inside has this variance along each axis."""
        return invert_truncation(variance, self.radius, self.dim)


@dataclass(frozen=True)
class Box:
    """Every |coordinate| <= radius (self-conditioned GAN): a one-dimensional ball in each."""

    radius: float
    dim: int

    def holds(self, offset: Tensor) -> Tensor:  # (n, d) in σ -> (n,) bool
        """Whether each offset (n, d) in σ from its mode lies inside: (n,) of bool."""
        return offset.abs().amax(1) <= self.radius

    def share(self) -> float:
        """The share of a Gaussian mode that lies inside."""
        return share_within(self.radius, 1) ** self.dim

    def log_volume(self) -> float:
        """The logarithm of the volume, in σ to the power of the dimension."""
        return self.dim * math.log(2 * self.radius)

    def std(self, variance: float) -> float:
        """The std in σ of a Gaussian whose part inside has this variance along each axis."""
        return invert_truncation(variance, self.radius, 1)


REGIONS: dict[str, type[Ball] | type[Box]] = {"l2": Ball, "box": Box}

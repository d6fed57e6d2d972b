"""Mixtures of isotropic Gaussians: K modes in d dimensions, in whichever unit their centres are."""

import math
from collections.abc import Iterator
from typing import NamedTuple, Self

import torch
from torch import Generator, Tensor

PAIRS = 2**20  # distances held at a time (8 MiB)
FEW = 8  # dimensions above which a matrix product is faster


class Gaussians(NamedTuple):
    """The law of a mixture: centres, standard deviations and weights of K modes in d dimensions."""

    centres: Tensor  # (K, d) float64
    stds: Tensor  # (K,) float64
    weights: Tensor  # (K,) float64, sum 1; on the CPU, where it is read which way to draw

    def rms_std(self) -> float:
        """Root mean square over coordinates of the mixture's standard deviation."""
        about = self.centres - self.weights @ self.centres
        between = (self.weights @ about.square()).mean()
        return math.sqrt(between + self.weights @ self.stds.square())

    def in_units_of(self, scale: float) -> Self:
        """The same law with lengths measured in units of ``scale``."""
        return self._replace(centres=self.centres / scale, stds=self.stds / scale)

    def is_even(self) -> bool:
        """Whether all modes have one weight."""
        weights = self.weights.tolist()
        return weights.count(weights[0]) == len(weights)

    def draw(self, n: int, generator: Generator) -> Tensor:
        """Samples (n, d) float32 of the mixture."""
        mode = self.draw_modes(n, generator)
        size, place = (n, self.centres.shape[1]), generator.device
        noise = torch.randn(size, generator=generator, device=place)
        noise.mul_(self.stds.float().index_select(0, mode)[:, None])
        return noise.add_(self.centres.float().index_select(0, mode))

    def draw_modes(self, n: int, generator: Generator) -> Tensor:
        """Modes (n,) int64, each by its weight."""
        place = generator.device
        if self.is_even():  # five times as fast
            return torch.randint(len(self.weights), (n,), generator=generator, device=place)
        bounds = self.weights.cumsum(0)[:-1].to(place, non_blocking=True)
        even = torch.rand(n, generator=generator, dtype=torch.float64, device=place)
        return torch.bucketize(even, bounds, right=True)

    def to(self, device: torch.device | str) -> Self:
        """The same law, to draw from on a device."""
        return self._replace(centres=self.centres.to(device), stds=self.stds.to(device))

    def nearest(self, x: Tensor) -> Tensor:
        """Mode (n,) at least Mahalanobis distance from x (n, d) float64, the first of equals."""
        mode = torch.empty(len(x), dtype=torch.int64)
        for part, into in self._parts(x, mode):
            into.copy_(self._distances(part).min(0).indices)
        return mode

    def offset(self, x: Tensor, mode: Tensor) -> Tensor:
        """From the centre of each sample's mode, in its σ: (n, d) float64."""
        return (x - self.centres.index_select(0, mode)) / self.stds[mode, None]

    def density(self, x: Tensor) -> Tensor:
        """Σ_k w_k N(x; c_k, σ_k² I) at x (n, d) float64 -> (n,), per unit of volume."""
        spread = self.stds.log() + math.log(2 * math.pi) / 2
        peak = self.weights.log() - self.centres.shape[1] * spread
        logs = x.new_empty(len(x))
        for part, into in self._parts(x, logs):
            into.copy_((peak[:, None] - self._distances(part).square() / 2).logsumexp(0))
        return logs.exp()

    def _parts(self, x: Tensor, out: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
        """Pieces of x, and of what is computed of them: small results kept between the large
        buffers would keep the heap from using those again."""
        size = max(PAIRS // len(self.centres), 1)
        return zip(x.split(size), out.split(size), strict=True)

    def _distances(self, x: Tensor) -> Tensor:
        """Mahalanobis distances (K, n); by differences where few, so that ties are exact."""
        how = "donot_use_mm_for_euclid_dist" if x.shape[1] <= FEW else "use_mm_for_euclid_dist"
        return torch.cdist(self.centres, x, compute_mode=how).div_(self.stds[:, None])


def equal(centres: Tensor, std: float) -> Gaussians:
    """Modes of one weight and width at centres (K, d); raises ValueError for a std not above 0."""
    if not std > 0:
        raise ValueError(f"std must be above 0, not {std}")
    each = centres.new_ones(len(centres))
    return Gaussians(centres, each * std, each / len(centres))

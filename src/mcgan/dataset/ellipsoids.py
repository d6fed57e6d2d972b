"""Modes of any shape: each has a mean and a covariance of its own."""

from typing import NamedTuple, Self

import torch
from torch import Tensor

FLOOR = 1e-6  # of the data's mean variance: what is narrower has no direction of its own


class Ellipsoids(NamedTuple):
    """K modes of vectors (d,), all in float64."""

    centres: Tensor  # (K, d)
    whiten: Tensor  # (K, d, d): offset @ whiten has unit covariance

    @classmethod
    def fit(cls, x: Tensor, mode: Tensor, number: int) -> Self:
        """The modes of points x (n, d) with labels (n,).

        A covariance of m points is drawn towards the round one of its trace by d / (m + d). Few
        points do not show its small axes.
        """
        parts = [x[mode == index] for index in range(number)]
        floor = FLOOR * x.var(0, correction=0).mean()
        whiten = torch.stack([whitening(part, floor) for part in parts])
        return cls(torch.stack([part.mean(0) for part in parts]), whiten)

    def nearest(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The mode (n,) at the least Mahalanobis distance from x (n, d), and that distance (n,)."""
        least, mode = x.new_full((len(x),), torch.inf), torch.zeros(len(x), dtype=torch.int64)
        for index, (centre, whiten) in enumerate(zip(self.centres, self.whiten, strict=True)):
            distance = ((x - centre) @ whiten).norm(dim=1)
            nearer = distance < least
            least, mode = distance.where(nearer, least), mode.masked_fill(nearer, index)
        return mode, least

    def offset(self, x: Tensor, mode: Tensor) -> Tensor:
        """From the centre of each sample's mode, in its spread along its own axes: (n, d)."""
        made = torch.empty_like(x)
        for index, (centre, whiten) in enumerate(zip(self.centres, self.whiten, strict=True)):
            made[mode == index] = (x[mode == index] - centre) @ whiten
        return made


def whitening(part: Tensor, floor: Tensor) -> Tensor:
    """The matrix (d, d) that makes the shrunk covariance of points (m, d) the identity."""
    count, dim = part.shape
    raw = torch.cov(part.T, correction=0).reshape(dim, dim)
    round_one = torch.eye(dim, dtype=raw.dtype) * raw.diagonal().mean()
    weight = dim / (count + dim)
    values, axes = torch.linalg.eigh((1 - weight) * raw + weight * round_one)
    scaled: Tensor = axes / values.clamp(min=floor).sqrt()
    return scaled

"""Modes of pictures without labels: groups found in the principal components of their pixels."""

from typing import Any, NamedTuple, Self

import numpy as np
import torch
from torch import Tensor

from mcgan.dataset.base import Recognition
from mcgan.dataset.grouping import every, find_groups, means, nearest

SAMPLE = 1000  # pictures whose principal components are found
AXES = 50  # of them at most, and no more than one for ten pictures
KEPT = 0.99  # share of real pictures that are good
LEAST = 1e-9  # of the largest variance, below which an axis is round-off
FINEST = 1 / 127.5  # a grey level: differences below it tell nothing
AT_ONCE = 1000  # pictures that are floats together


class ByGroups(NamedTuple):
    """A picture is of the group whose centre is nearest among the principal components.

    Good pictures are no farther from it than 99 % of real ones, in units of the group's rms
    distance. What the components leave of their pixels, where noise shows, is no stronger than in
    99 % of real ones. Even blur is good by both, as the mean of a group is.
    """

    mean: Tensor  # (D,) float32, of pixels
    axes: Tensor  # (D, P) float32, orthonormal
    centres: Tensor  # (K, P) float64
    spread: Tensor  # (K, 2) float64: rms distances of real ones within the components and outside
    limits: Tensor  # (2,) float64: the largest of each that is good
    ceiling: float = 1.0  # share of real pictures that are good

    def recognise(self, x: Tensor) -> Recognition:
        """The nearest group of pictures x (n, C, H, W); the distance is 1 at the edge of good."""
        parts = [self.project(part) for part in x.split(AT_ONCE)]
        points, outside = (torch.cat(each) for each in zip(*parts, strict=True))
        mode = nearest(points, self.centres)
        distance = (self.compare(points, outside, mode) / self.limits).amax(1)
        return Recognition(mode, distance <= 1, distance)

    def project(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Components (n, P) of pictures x (n, C, H, W), and the length (n,) that they leave out."""
        about = x.flatten(1) - self.mean
        points = about @ self.axes
        outside = (about - points @ self.axes.T).norm(dim=1)
        return points.double(), outside.double()

    def compare(self, points: Tensor, outside: Tensor, mode: Tensor) -> Tensor:
        """Both distances of each picture, in units of its group's: (n, 2)."""
        inside = (points - self.centres[mode]).norm(dim=1)
        return torch.stack([inside, outside], 1) / self.spread[mode]

    def facts(self) -> dict[str, Any]:
        """How the groups were found."""
        return {"groups_found_in": f"{self.axes.shape[1]} principal components"}

    @classmethod
    def fit(cls, images: Tensor, number: int) -> tuple[Self, Tensor]:
        """The recogniser of images (N, C, H, W) uint8, and their groups (N,).

        Raises UserError where there are fewer groups than asked for.
        """
        mean, axes = principal_axes(floats(images[every(len(images), SAMPLE)]).flatten(1))
        raw = cls(mean, axes, *torch.empty(3, 0))
        parts = [raw.project(floats(part)) for part in images.split(AT_ONCE)]
        points, outside = (torch.cat(each) for each in zip(*parts, strict=True))
        group = find_groups(points, number)
        placed = raw._replace(centres=means(points, group, number))
        return placed._measure(points, outside, group), group

    def _measure(self, points: Tensor, outside: Tensor, group: Tensor) -> Self:
        """With what is usual of real pictures, from their components, the rest, and groups."""
        inside = (points - self.centres[group]).norm(dim=1)
        squares = torch.stack([inside, outside], 1).square()
        least = FINEST * len(self.mean) ** 0.5
        spread = means(squares, group, len(self.centres)).sqrt().clamp(min=least)
        usual = self._replace(spread=spread).compare(points, outside, group)
        limits = torch.from_numpy(np.quantile(usual.numpy(), KEPT, axis=0)).clamp(min=1)
        good = (usual <= limits).all(1).double().mean().item()
        return self._replace(spread=spread, limits=limits, ceiling=good)


def principal_axes(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean (D,) and the first principal axes (D, P) of n pictures x (n, D), fewer than pixels."""
    mean, count = x.mean(0), max(1, min(AXES, len(x) // 10))
    about = (x - mean).double()
    values, vectors = torch.linalg.eigh(about @ about.T)
    count = min(count, int((values > LEAST * values[-1]).sum()) or 1)
    largest = values[-count:].clamp(min=LEAST).sqrt()
    return mean, (about.T @ vectors[:, -count:] / largest).float()


def floats(images: Tensor) -> Tensor:
    """Pictures of bytes 0..255 as numbers in [-1, 1], of the same shape."""
    return images.float() / 127.5 - 1

"""Measures of nearest neighbours, all from one pass over distances: (n, d) float64 -> shares 0..1.

Both sides of a pair must have equally many rows: each of these measures depends on both numbers.
"""

from typing import NamedTuple

import torch
from torch import Generator, Tensor

from mcgan.judging.null import Tested, exchanges
from mcgan.verdict.distances import between

BALL = 3  # neighbours of a ball for precision and recall (Kynkäänniemi et al. 2019)
WIDE = 5  # of a ball for density and coverage (Naeem et al. 2020)
NEAREST = 0.05  # quantile of the distances of real rows, within which a sample is a copy
CHUNK = 256  # rows of a matrix of distances at a time; memory for larger ones is slow to get
SMALLEST = WIDE + 1  # rows that have five neighbours


class Own(NamedTuple):
    """Points (n, d) and the distances of each to its five nearest others, (n, 5), ascending."""

    points: Tensor
    near: Tensor

    @property
    def nearest(self) -> Tensor:
        """The distance of each sample to the nearest other one of its side: (n,)."""
        return self.near[:, 0]


class Across(NamedTuple):
    """What one pass over distances between real rows and samples tells, per row."""

    to_real: Tensor  # (n,) of each sample to the nearest real row
    found: Tensor  # (n,) int64: that row
    to_fake: Tensor  # (m,) of each real row to the nearest sample
    in_ball: Tensor  # (n,) bool: in the ball of a real row
    in_wide: Tensor  # (n,) how many wide balls of real rows hold it
    held: Tensor  # (m,) bool: real rows that the ball of a sample holds


def look_around(points: Tensor) -> Own:
    """The distances of points (n, d) to their nearest others; n is at least 6."""
    return Own(points, find_near(points)[0])


def find_near(points: Tensor) -> tuple[Tensor, Tensor]:
    """The five nearest others of each of the points (n, d): distances and rows, (n, 5)."""
    distances, rows = [], []
    for start in range(0, len(points), CHUNK):
        distance = between(points[start : start + CHUNK], points)
        here = torch.arange(len(distance))
        distance[here, start + here] = torch.inf
        near = distance.topk(WIDE, largest=False)
        distances.append(near.values)
        rows.append(near.indices)
    return torch.cat(distances), torch.cat(rows)


def look_across(fakes: Own, real: Own) -> Across:
    """One pass over the distances of real rows to samples, a chunk of real rows at a time."""
    n = len(fakes.points)
    to_real, found = torch.full((n,), torch.inf).double(), torch.zeros(n, dtype=torch.long)
    in_ball, in_wide = torch.zeros(n, dtype=torch.bool), torch.zeros(n)
    to_fake, held = [], []
    for start in range(0, len(real.points), CHUNK):
        near = real.near[start : start + CHUNK]
        distance = between(real.points[start : start + CHUNK], fakes.points)
        least, row = distance.min(0)
        found = torch.where(least < to_real, start + row, found)
        to_real = torch.minimum(least, to_real)
        in_ball |= (distance <= near[:, BALL - 1, None]).any(0)
        in_wide += (distance <= near[:, WIDE - 1, None]).sum(0)
        to_fake.append(distance.amin(1))
        held.append((distance <= fakes.near[:, BALL - 1]).any(1))
    return Across(to_real, found, torch.cat(to_fake), in_ball, in_wide, torch.cat(held))


def compare_neighbours(fakes: Own, real: Own) -> dict[str, float]:
    """The measures of samples against as many real rows, by name.

    precision  share of samples within a ball of a real row (k = 3)
    recall     share of real rows within a ball of a sample (k = 3)
    density    balls of real rows that hold a sample, over five (k = 5)
    coverage   share of real rows with a sample in their ball (k = 5)
    nearest    accuracy on samples of the 1-NN two-sample test (Lopez-Paz & Oquab 2017): share whose
               nearest other row is a sample; 0.5 for one law
    copies     share of samples nearer to another one than 95 % of real rows are to a real one
    retrieval  share of real rows that are the nearest real one of a sample (IRS, 2411.16171)
    """
    seen = look_across(fakes, real)
    ties = (fakes.nearest == seen.to_real).double() / 2
    usual = real.nearest.quantile(NEAREST)
    shares = {
        "precision": seen.in_ball,
        "recall": seen.held,
        "density": seen.in_wide / WIDE,
        "coverage": seen.to_fake <= real.near[:, WIDE - 1],
        "nearest": (fakes.nearest < seen.to_real) + ties,
        "copies": fakes.nearest <= usual,
    }
    found = len(seen.found.unique()) / len(real.points)
    return {name: share.double().mean().item() for name, share in shares.items()} | {
        "retrieval": found
    }


def find_distances(points: Tensor, others: Tensor) -> Tensor:
    """Distance of each of the points (n, d) to the nearest of the others (m, d), (n,)."""
    return torch.cat([between(part, others).amin(1) for part in points.split(CHUNK)])


def compare_mixing(fakes: Tensor, real: Tensor, generator: Generator) -> Tested:
    """Share of the five nearest of all rows that are of the row's own set (Schilling 1986).

    It sees what is inside groups: repeated and narrowed samples and noise.
    """
    n = len(fakes)
    _, near = find_near(torch.cat([fakes, real]))
    flags = exchanges(n, len(real), generator) < n
    values = torch.stack([(flag[near] == flag[:, None]).double().mean() for flag in flags])
    return Tested(values[0].item(), values[1:])

"""Groups of the real data, by labels or k-means, and which of them the samples lack."""

from typing import NamedTuple

import numpy as np
import torch
from scipy.special import bdtr, ndtri
from torch import Generator, Tensor

from mcgan.blocks.clustering import cluster, find_nearest

LOST = 0.2  # of its share, below which a group is missing
EXPECTED = 20  # rows of a group, so that 20 % of its share can be told from all of it
MOST = 50  # groups


def count_groups(n: int, m: int) -> int:
    """How many groups n samples and m real rows can tell apart, 1..50."""
    return max(1, min(MOST, min(n, m) // EXPECTED))


def find_centres(points: Tensor, number: int, generator: Generator) -> Tensor:
    """Centres (K, d) of points (n, d): k-means from starts of k-means++ (Arthur 2007)."""
    return cluster(points, draw_starts(points, number, generator))


def draw_starts(points: Tensor, number: int, generator: Generator) -> Tensor:
    """Rows of points (n, d), each drawn by its squared distance to those before it: (K, d)."""
    chosen = [points[torch.randint(len(points), (1,), generator=generator)]]
    away = (points - chosen[0]).square().sum(1)
    while len(chosen) < number and away.max() > 0:
        row = torch.multinomial(away / away.max(), 1, generator=generator)
        chosen.append(points[row])
        away = torch.minimum(away, (points - points[row]).square().sum(1))
    return torch.cat(chosen)


def within(points: Tensor, centres: Tensor) -> float:
    """Mean squared distance of points (n, d) to the mean of those of the same group."""
    group = find_nearest(points, centres)
    size = torch.bincount(group, minlength=len(centres)).double()
    sums = torch.zeros_like(centres).index_add_(0, group, points)
    squares = points.square().sum() - (sums.square().sum(1) / size.clamp(min=1)).sum()
    freedom = (size - 1).clamp(min=0).sum()
    return (squares / freedom.clamp(min=1)).item()


def tail_of_shares(fakes: np.ndarray, real: np.ndarray, n: int, m: int) -> np.ndarray:
    """p of so few fakes in each group (K,), given its fakes and real rows together.

    Of two samples of one law a row of the group is a fake with chance n / (n + m): exact, however
    few there are (Przyborowski & Wilenski 1940).
    """
    return bdtr(fakes, fakes + real, n / (n + m))


def holm(p: np.ndarray) -> np.ndarray:
    """p (K,) corrected for K tests (Holm 1979).

    Each missing group is named, so that the chance of a single false name must be small: Holm
    bounds that, Benjamini and Hochberg's correction bounds the share of false names alone.
    """
    order = np.argsort(p)
    steps = np.maximum.accumulate(p[order] * (len(p) - np.arange(len(p))))
    return np.minimum(steps, 1)[np.argsort(order)]


def wilson(hits: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """The interval of a share of hits among n (Wilson 1927)."""
    z = ndtri((1 + level) / 2)
    middle = (hits + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * (hits * (n - hits) / n + z**2 / 4) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)

"""What two real samples of the same size show: splits of the real rows, and laws of a test."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from scipy.special import gammaincc, log_ndtr
from torch import Generator, Tensor

from mcgan.judging.inputs import Sets

ROWS = 3000  # of each set of a split: bounds the time
PERMUTATIONS = 100
NORMAL = 0.05  # skewness below which a law is normal


class Split(NamedTuple):
    """Equally many samples, real rows and other real rows, (k, d) each."""

    fakes: Tensor
    real: Tensor
    other: Tensor


def size_of_split(sets: Sets) -> int:
    """k: as many rows as three disjoint sets can have."""
    there = len(sets.real)
    room = there // 2 if sets.heldout is None else min(there, len(sets.heldout))
    return min(len(sets.fakes), room, ROWS)


def draw_splits(sets: Sets, draws: int, generator: Generator) -> Iterator[Split]:
    """Random splits: of the real rows alone, or of real and held-out ones.

    The measures of neighbours depend on the sizes of both sides, so all three are equal.
    """
    k = size_of_split(sets)
    for _ in range(draws):
        real = pick(sets.real, generator)
        other = real[k : 2 * k] if sets.heldout is None else pick(sets.heldout, generator)[:k]
        yield Split(pick(sets.fakes, generator)[:k], real[:k], other)


def pick(rows: Tensor, generator: Generator) -> Tensor:
    """The rows (n, d) in a random order."""
    return rows[torch.randperm(len(rows), generator=generator)]


class Tested(NamedTuple):
    """A statistic and its values under random exchanges of fakes and real rows, (P,) float64."""

    value: float
    null: Tensor


def exchanges(n: int, m: int, generator: Generator) -> Tensor:
    """Orders of n + m rows, (1 + P, n + m) int64: the true one, then random ones."""
    mixed = torch.rand(PERMUTATIONS, n + m, generator=generator).argsort(1)
    return torch.cat([torch.arange(n + m)[None], mixed])


def upper_tail(value: float, null: Tensor) -> float:
    """p of a value at least so large, by the Pearson III law with the moments of the null (P,).

    Such a law fits the permutation nulls of distances (Gretton et al. 2009 take a gamma for MMD),
    and tells p below 1 / P.
    """
    mean, sd = null.mean().item(), null.std().item()
    z = (value - mean) / max(sd, 1e-300)
    skew = ((null - mean) / max(sd, 1e-300)).pow(3).mean().item()
    if skew < NORMAL:
        return float(torch.tensor(log_ndtr(-z)).exp())
    shape = 4 / skew**2
    return float(gammaincc(shape, max(shape + z * shape**0.5, 0.0)))

"""Groups of the real data, by labels or k-means, and which of them the samples lack."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Generator, Tensor

from mcgan.blocks.clustering import cluster, find_nearest
from mcgan.judging.inputs import Labels, Sets
from mcgan.judging.proportions import chi_square, tail_of_shares, wilson
from mcgan.metrics.correction import holm
from mcgan.verdict.distances import between

LOST = 0.2  # of its share, below which a group is missing
EXPECTED = 30  # samples of a group, so that less than 20 % of its share can be told
MOST = 100  # groups


@dataclass(frozen=True)
class GroupShares:
    """A group of the real data: its share of them and of the samples.

    ``band`` is where the samples' share of another real sample of the same size lies, in 95 %.
    """

    name: str
    share: float
    fake_share: float
    band: tuple[float, float]


@dataclass(frozen=True)
class MissingGroup:
    """A group with less than 20 % of its share; ``rows`` are the places of its real rows.

    Not ``whole``: a part of the real data that is no group, as `find_region` finds it.
    """

    name: str
    rows: tuple[int, ...]
    share: float
    interval: tuple[float, float]
    fake_share: float
    whole: bool = True

    @property
    def title(self) -> str:
        """`Group 7`, or what a part is called."""
        return f"Group {self.name}" if self.whole else "A part that is no group of its own"


class Counted(NamedTuple):
    """Rows of each of K groups: names, samples (K,), real rows (K,), and whose row is whose."""

    names: list[str]
    fakes: np.ndarray
    real: np.ndarray
    of_real: Tensor  # (m,) int64: the group of each real row
    rows: Tensor  # (m,) int64: its place among all real rows
    n: int


def count_groups(n: int, m: int) -> int:
    """How many groups n samples and m real rows can tell apart, 1..100."""
    return max(1, min(MOST, min(n, m) // EXPECTED))


def count_found(sets: Sets, generator: Generator) -> Counted:
    """Groups found in the real rows by k-means; a sample is of the group of the nearest centre."""
    number = count_groups(len(sets.fakes), len(sets.real))
    centres = find_centres(sets.real, number, generator)
    ours, theirs = find_nearest(sets.fakes, centres), find_nearest(sets.real, centres)
    names = [str(group + 1) for group in range(len(centres))]
    return Counted(
        names, tally(ours, len(names)), tally(theirs, len(names)), theirs, sets.rows, len(ours)
    )


def count_labelled(labels: Labels) -> Counted:
    """The classes of the real data, over all rows."""
    classes, theirs = labels.real.unique(return_inverse=True)
    ours = torch.searchsorted(classes, labels.fakes).clamp(max=len(classes) - 1)
    known = ours[classes[ours] == labels.fakes]
    names = [str(int(label)) for label in classes]
    return Counted(
        names,
        tally(known, len(names)),
        tally(theirs, len(names)),
        theirs,
        torch.arange(len(theirs)),
        len(ours),
    )


def tally(group: Tensor, number: int) -> np.ndarray:
    """How many rows are of each group, (K,)."""
    return torch.bincount(group, minlength=number).numpy()


def find_missing(counted: Counted, level: float) -> np.ndarray:
    """The groups (K,) bool that have surely lost more than 80 % of their share.

    Each missing group is named, so that the chance of a single false name must be small: Holm
    bounds that, Benjamini and Hochberg's correction bounds the share of false names alone.
    """
    m = len(counted.of_real)
    p = holm(tail_of_shares(counted.fakes, counted.real, counted.n, m))
    few = counted.fakes / counted.n < LOST * counted.real / m
    return few & (p < level)


def describe_missing(counted: Counted, missing: np.ndarray) -> tuple[MissingGroup, ...]:
    """The missing groups, the largest first."""
    m = len(counted.of_real)
    found = [
        MissingGroup(
            counted.names[g],
            tuple(counted.rows[counted.of_real == int(g)].sort().values.tolist()),
            float(counted.real[g] / m),
            wilson(int(counted.real[g]), m),
            float(counted.fakes[g] / counted.n),
        )
        for g in np.flatnonzero(missing)
    ]
    return tuple(sorted(found, key=lambda group: -group.share))


def describe_groups(counted: Counted) -> tuple[GroupShares, ...]:
    """All groups, in their order."""
    m = len(counted.of_real)
    shares = counted.real / m
    half = 1.96 * np.sqrt(shares * (1 - shares) * (1 / counted.n + 1 / m))
    return tuple(
        GroupShares(
            name,
            float(share),
            float(ours),
            (max(0.0, float(share - h)), min(1.0, float(share + h))),
        )
        for name, share, ours, h in zip(
            counted.names, shares, counted.fakes / counted.n, half, strict=True
        )
    )


def find_centres(points: Tensor, number: int, generator: Generator) -> Tensor:
    """Centres (K, d) of points (n, d): k-means from starts of k-means++ (Arthur 2007)."""
    return cluster(points, draw_starts(points, number, generator))


def draw_starts(points: Tensor, number: int, generator: Generator) -> Tensor:
    """Rows of points (n, d), each drawn by its squared distance to those before it: (K, d)."""
    chosen = [points[torch.randint(len(points), (1,), generator=generator)]]
    away = squares_to(points, chosen[0])
    while len(chosen) < number and away.max() > 0:
        row = torch.multinomial(away / away.max(), 1, generator=generator)
        chosen.append(points[row])
        away = torch.minimum(away, squares_to(points, points[row]))
    return torch.cat(chosen)


def squares_to(points: Tensor, row: Tensor) -> Tensor:
    """Squared distances (n,) of points (n, d) to a row (1, d); no differences are stored."""
    return between(points, row)[:, 0].square()


def compare_shares(fakes: Tensor, real: Tensor, generator: Generator) -> tuple[float, int, float]:
    """χ² of the groups' shares of two samples, its degrees of freedom, and p.

    The groups are found in both together, or real rows, to which centres were fitted, would differ
    from samples of the same law.
    """
    pool = torch.cat([fakes, real])
    centres = find_centres(pool, count_groups(len(fakes), len(real)), generator)
    group = find_nearest(pool, centres)
    ours, theirs = (tally(part, len(centres)) for part in group.split([len(fakes), len(real)]))
    return chi_square(ours, theirs)

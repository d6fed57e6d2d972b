"""Groups in unlabelled data: what stands for modes where nobody has named them."""

import numpy as np
import torch
from scipy.cluster.hierarchy import fcluster, linkage
from torch import Tensor

from mcgan.errors import UserError

TREE = 2000  # examples that the tree is made of: its memory grows with their square
ROUNDS = 50


def find_groups(points: Tensor, number: int) -> Tensor:
    """The group (n,) int64 of each point (n, d) float64; group 0 is the largest.

    Ward's tree (1963) of at most 2,000 points gives the starts of k-means (Lloyd 1982), so nothing
    is drawn by chance. Raises UserError where there are fewer groups than asked for.
    """
    some = points[every(len(points), TREE)]
    if len(some.unique(dim=0)) < max(number, 2):
        raise UserError(
            f"dataset.groups={number}: the data have {len(some.unique(dim=0)):,} "
            "different examples; ask for fewer groups, or give more data"
        )
    label = torch.from_numpy(fcluster(linkage(some.numpy(), "ward"), number, "maxclust") - 1).long()
    group = settle_centres(points, means(some, label, number))
    return largest_first(group, number)


def every(count: int, most: int) -> Tensor:
    """At most so many rows, evenly spread over all: (m,) int64."""
    return torch.from_numpy(np.linspace(0, count - 1, min(count, most)).round().astype(np.int64))


def settle_centres(points: Tensor, centres: Tensor) -> Tensor:
    """The nearest centre (n,) of each point after Lloyd's rounds, which end where none changes."""
    group = nearest(points, centres)
    for _ in range(ROUNDS):
        before, group = group, nearest(points, means(points, group, len(centres)))
        if torch.equal(before, group):
            break
    return group


def means(points: Tensor, group: Tensor, number: int) -> Tensor:
    """The mean of each group of points (n, d): (K, d); zero where a group is empty."""
    size = torch.bincount(group, minlength=number)
    sums = points.new_zeros(number, points.shape[1]).index_add_(0, group, points)
    return sums / size.clamp(min=1)[:, None]


def nearest(points: Tensor, centres: Tensor) -> Tensor:
    """The index (n,) of the nearest of K centres (K, d)."""
    return (points @ centres.T - centres.square().sum(1) / 2).argmax(1)


def largest_first(group: Tensor, number: int) -> Tensor:
    """The same groups, numbered by size. Raises UserError where one is empty."""
    size = torch.bincount(group, minlength=number)
    if not size.all():
        raise UserError(
            f"dataset.groups={number}: only {int((size > 0).sum())} groups were found; "
            "ask for fewer"
        )
    return size.argsort(descending=True, stable=True).argsort()[group]


def group_names(number: int) -> list[str]:
    """Names for groups without labels: `group 1`, `group 2`, ..."""
    return [f"group {index}" for index in range(1, number + 1)]

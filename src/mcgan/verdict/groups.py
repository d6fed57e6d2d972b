"""Groups in real data, found by distances alone: what stands for modes where none are known."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

LARGEST = 8  # at most one group for that many points
PLAIN_GAP = 1.5  # between merge heights, above which there are groups
CELLS = 32  # groups that data without a gap are cut into
AXES = 8  # dimensions up to which a group's narrowest axis is looked for
SAMPLES_AN_AXIS = 4  # of a group, at least, for its narrowest axis to be known
JUDGED = 4  # samples of a group, at least, for its width to be known
THINNEST = 0.1  # of samples: those in the thinnest groups, of which the widest is told


class Groups(NamedTuple):
    """M real points in K groups."""

    points: Tensor  # (M, d) float64
    group: Tensor  # (M,) int64
    shares: Tensor  # (K,) float64: of the points in each group

    @property
    def number(self) -> int:
        """The number of groups, K."""
        return len(self.shares)


def find(x: Tensor) -> Groups:
    """Groups of real examples x (M, *S), by Ward's clustering (1963) cut at its widest gap."""
    from scipy.cluster.hierarchy import fcluster, linkage  # a run's first steps need it not

    points = x.flatten(1).double()
    tree = linkage(points.numpy(), "ward")
    label = fcluster(tree, number(tree[:, 2]), "maxclust") - 1
    group = torch.from_numpy(label).long()
    return Groups(points, group, torch.bincount(group).double() / len(points))


def number(heights: np.ndarray) -> int:
    """How many groups: where the next merge is higher than the last by the largest factor.

    ``heights`` (M-1,) ascend; the merge that leaves K-1 of K groups is the K-th from the end but
    one. Without a clear gap (one blob, pictures) the data are cut into equal-looking cells.
    """
    last = heights[::-1] + 1e-12
    largest = max(2, (len(heights) + 1) // LARGEST)
    gaps = last[: largest - 1] / last[1:largest]  # of K = 2, 3, ...
    best = int(np.argmax(gaps))
    return best + 2 if gaps[best] >= PLAIN_GAP else min(CELLS, largest)


def assign_groups(distance: Tensor, groups: Groups) -> Tensor:
    """The group (n,) of each sample: that of its nearest point, from distances (n, M)."""
    return groups.group[distance.argmin(1)]


def variance_within(x: Tensor, group: Tensor, number: int) -> tuple[Tensor, Tensor]:
    """Per group the squared distances of its samples x (n, d) to their mean, and its size: (K,)."""
    size = torch.bincount(group, minlength=number).double()
    sums = x.new_zeros(number, x.shape[1]).index_add_(0, group, x)
    squares = x.new_zeros(number).index_add_(0, group, x.square().sum(1))
    return (squares - sums.square().sum(1) / size.clamp(min=1)).clamp(min=0), size


def width(x: Tensor, group: Tensor, groups: Groups) -> Tensor:
    """Rms distance of samples x (n, d) to the mean of their group, over that of the data, ().

    Pooled over groups with at least two samples, each group of the data weighing as in the
    samples. NaN where no group has two, or the data's are points.
    """
    here, size = variance_within(x, group, groups.number)
    there, due = variance_within(groups.points, groups.group, groups.number)
    freedom = (size - 1).clamp(min=0)
    expected = (freedom * there / (due - 1).clamp(min=1)).sum()
    return (here * (size > 1)).sum().div(expected).sqrt()


def thin(x: Tensor, group: Tensor, groups: Groups) -> Tensor:
    """Width over the data's, below which the groups of a tenth of samples x (n, d) lie, ().

    A group counts by its narrowest axis where its samples suffice, so that a line through each
    group is thin. 1 where no group has enough samples to be judged.
    """
    value = relative_widths(x, group, groups)[group]
    value = value[value.isfinite()]
    return value.quantile(THINNEST, interpolation="lower") if len(value) else x.new_ones(())


def relative_widths(x: Tensor, group: Tensor, groups: Groups) -> Tensor:
    """Width of samples x (n, d) in each group over that of the data, (K,); NaN where unknown."""
    here, size = variance_within(x, group, groups.number)
    there, due = variance_within(groups.points, groups.group, groups.number)
    few = torch.minimum(size, due)
    ratio = (here / (size - 1)).div(there / (due - 1)).sqrt()
    if x.shape[1] <= AXES:
        axis = narrowest_axis(x, group, groups.number) / narrowest_axis(
            groups.points, groups.group, groups.number
        )
        enough = few >= max(2 * JUDGED, SAMPLES_AN_AXIS * x.shape[1])
        ratio = torch.where(enough, torch.minimum(axis, ratio), ratio)
    return torch.where(few >= JUDGED, ratio, torch.nan)


def narrowest_axis(x: Tensor, group: Tensor, number: int) -> Tensor:
    """Std of samples x (n, d) along the narrowest direction of their group, (K,).

    The least eigenvalue of a sample covariance is too small; its limit for normal samples
    (Bai & Yin 1993), (1 - sqrt(d / (n - 1)))², is taken out.
    """
    dim = x.shape[1]
    size = torch.bincount(group, minlength=number).double()
    mean = x.new_zeros(number, dim).index_add_(0, group, x) / size.clamp(min=1)[:, None]
    centred = x - mean[group]
    outer = centred[:, :, None] * centred[:, None, :]
    freedom = (size - 1).clamp(min=1)
    covariance = x.new_zeros(number, dim, dim).index_add_(0, group, outer)
    least = torch.linalg.eigvalsh(covariance / freedom[:, None, None])[:, 0].clamp(min=0)
    whole: Tensor = least.sqrt() / (1 - (dim / freedom).sqrt()).clamp(min=1e-6)
    return whole

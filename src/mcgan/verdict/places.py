"""Where samples lie: on the data, around their groups, between them, or elsewhere.

"On the data" is as near to a real point as nearly all real points are to each other. Each distance
is taken over what is usual in its group, so that wide and narrow groups count alike.
"""

import torch
from torch import Tensor

from mcgan.verdict import distances
from mcgan.verdict.groups import Groups, variance_within

REAL_SHARE = 0.99  # of real points, which by definition lie on the data
NEAR_GROUP = 1 / 3  # of the way to the next group's mean, up to which a sample is around its own
BEYOND = 1.25  # times the distance of the outermost real point from the mean: elsewhere from there
SAME = 1e-6  # of the data's radius, below which two points are one (data of a fixed size repeat)
FEW = 4  # points below which a group has no usual distances of its own


class Places:
    """What M real points in K groups say of the places of samples. Float64."""

    def __init__(self, groups: Groups) -> None:
        points, group = groups.points, groups.group
        self.mean = points.mean(0)
        squares, size = variance_within(points, group, groups.number)
        self.centres = points.new_zeros(groups.number, points.shape[1])
        self.centres.index_add_(0, group, points).div_(size[:, None])
        radius = torch.linalg.vector_norm(points - self.mean, dim=1)
        self.edge = BEYOND * radius.max()
        self.width = own_or_pooled(
            (squares / size).sqrt(), size, (squares.sum() / size.sum()).sqrt()
        )
        self.gap = distances.between(self.centres, self.centres).fill_diagonal_(torch.inf).amin(1)
        apart = distances.between(points, points).fill_diagonal_(torch.inf)
        apart = apart.masked_fill(apart <= SAME * radius.max(), torch.inf).amin(1)
        middle = torch.stack([apart[group == k].median() for k in range(groups.number)])
        self.usual = own_or_pooled(middle, size, apart.median())
        self.limit = (apart / self.usual[group]).quantile(REAL_SHARE)
        self.real_blur = self._distance(points, group).div(self.width[group]).median()

    def _distance(self, x: Tensor, group: Tensor) -> Tensor:
        distance: Tensor = torch.linalg.vector_norm(x - self.centres[group], dim=1)
        return distance

    def find_near(self, nearest: Tensor, group: Tensor) -> Tensor:
        """(n,) bool: whether samples lie on the data, from distances (n,) to the nearest point."""
        return nearest <= self.limit * self.usual[group]

    def look(self, x: Tensor, group: Tensor, on: Tensor) -> dict[str, Tensor]:
        """Samples x (n, d) in groups (n,), of which those ``on`` (n,) lie on the data: ().

        on_data    share of samples on the data
        between    share off the data, in the gaps between groups
        elsewhere  share off the data, farther out than the data reach
        blur       median distance to the mean of the data's group, over that of real points
        """
        distance = self._distance(x, group)
        outside = ~on & (torch.linalg.vector_norm(x - self.mean, dim=1) > self.edge)
        between = ~on & ~outside & (distance > NEAR_GROUP * self.gap[group])
        blur = (distance / self.width[group]).median() / self.real_blur
        shares = {"on_data": on, "between": between, "elsewhere": outside}
        return {name: each.double().mean() for name, each in shares.items()} | {"blur": blur}


def own_or_pooled(value: Tensor, size: Tensor, pooled: Tensor) -> Tensor:
    """Values (K,) of the groups, and the pooled one () for groups of fewer than `FEW` points."""
    known = (size >= FEW) & value.isfinite()
    return torch.where(known, value, pooled).clamp(min=1e-12)

"""Real data that samples are held against: groups, distances, balls; made once for a run."""

from functools import cached_property

import torch
from torch import Tensor

from mcgan.verdict import distances, groups

POINTS = 1024  # real points that groups are found in
SAMPLES = 256  # of a generator, and real ones beside them: bounds the time of a look
FAR = 1e6  # in net units: where samples that overflowed are put
BALL = 5  # neighbours of a real ball, as in Naeem et al. 2020


class Real:
    """What M real examples (M, *S) say of n samples: each signal over its value for real data."""

    def __init__(self, examples: Tensor) -> None:
        """``examples`` (POINTS + SAMPLES, *S): the first are the reference, the rest a sample."""
        self.groups = groups.find(examples[:POINTS])
        self.sample = examples[POINTS:]
        points = self.groups.points
        self.radius = distances.radii(distances.between(points, points), BALL)

    def look(self, x: Tensor) -> tuple[Tensor, dict[str, float]]:
        """Samples x (n, *S) per group (K,), and their signals, each 1 for real data but for chance.

        spread      mean distance of pairs
        rank        effective rank of the covariance
        neighbours  distance to the nearest other sample; 0: copies
        width       rms distance to the mean of the own group
        coverage    share of real balls with a sample;  precision: of samples within a real ball
        """
        counts, seen = self._raw(x)
        return counts, {key: (value / self.usual[key]).item() for key, value in seen.items()}

    @cached_property
    def usual(self) -> dict[str, Tensor]:
        """The raw signals of real data."""
        return {key: value.clamp(min=1e-12) for key, value in self._raw(self.sample)[1].items()}

    def _raw(self, x: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        flat = x.flatten(1).double().nan_to_num(FAR).clamp(-FAR, FAR)
        near = distances.between(flat, self.groups.points)
        own = distances.between(flat, flat)
        found, inside = groups.assigned(near, self.groups), near <= self.radius
        return torch.bincount(found, minlength=self.groups.number), {
            "spread": distances.mean_distance(own), "rank": distances.effective_rank(flat),
            "neighbours": distances.nearest(own), "width": groups.width(flat, found, self.groups),
            "coverage": distances.coverage(inside), "precision": distances.precision(inside),
        }

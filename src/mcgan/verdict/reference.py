"""Real data that samples are held against: groups and distances, made once for a run."""

from functools import cached_property

import torch
from torch import Tensor

from mcgan.verdict import distances, groups

POINTS = 1024  # real points that groups are found in
SAMPLES = 256  # of a generator, and real ones beside them: bounds the time of a look
FAR = 1e6  # in net units: where samples that overflowed are put


class Real:
    """What M real examples (M, *S) say of n samples: each signal over its value for real data.

    ``radius``: rms distance of the data to their mean, in net units.
    """

    def __init__(self, examples: Tensor) -> None:
        """``examples`` (POINTS + SAMPLES, *S): the first are the reference, the rest a sample."""
        self.groups = groups.find(examples[:POINTS])
        self.sample = examples[POINTS:]
        centred = self.groups.points - self.groups.points.mean(0)
        self.radius = centred.square().sum(1).mean().sqrt().item()

    def look(self, x: Tensor) -> tuple[Tensor, dict[str, float]]:
        """Samples x (n, *S) per group (K,), and their signals, each 1 for real data but for chance.

        spread      mean distance of pairs
        rank        effective rank of the covariance
        neighbours  distance to the nearest other sample; 0: copies
        width       rms distance to the mean of the own group
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
        found = groups.assign_groups(near, self.groups)
        return torch.bincount(found, minlength=self.groups.number), {
            "spread": distances.mean_distance(own), "rank": distances.effective_rank(flat),
            "neighbours": distances.nearest(own), "width": groups.width(flat, found, self.groups),
        }

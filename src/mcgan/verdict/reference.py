"""Real data that samples are held against: groups and distances, made once for a run."""

from collections.abc import Callable
from functools import cached_property

import torch
from torch import Tensor

from mcgan.verdict import distances, groups
from mcgan.verdict.places import Places

POINTS = 1024  # real points that groups are found in
SAMPLES = 256  # of a generator, and real ones beside them: bounds the time of a look
FAR = 1e6  # in net units: where samples that overflowed are put


See = Callable[[Tensor], Tensor]  # examples (n, *S) -> the points (n, d) that are compared


class Real:
    """What M real examples (M, *S) say of n samples: each signal over its value for real data.

    ``radius``: rms distance of the data to their mean, in net units.
    """

    def __init__(self, examples: Tensor, see: See | None = None) -> None:
        """``examples`` (POINTS + SAMPLES, *S): the first are the reference, the rest a sample.

        Distances are those of the examples themselves, or of what ``see`` makes of them.
        """
        self.see = see or flatten
        self.groups = groups.find(self.see(examples[:POINTS]))
        self.places = Places(self.groups)
        self.sample = examples[POINTS:]
        points = flatten(examples[:POINTS])
        centred = points - points.mean(0)
        self.radius = centred.square().sum(1).mean().sqrt().item()

    def look(self, x: Tensor) -> tuple[Tensor, dict[str, float]]:
        """Samples x (n, *S) per group (K,), and their signals.

        The first four are 1 for real data, but for chance; the others are what they are.

        spread      mean distance of pairs
        rank        effective rank of the covariance
        neighbours  distance to the nearest other sample; 0: copies
        width       rms distance to the mean of the own group
        copies      share of samples with a copy among the others
        thin        width of the thinnest groups on the data (`groups.thin`)
        on_data, between, elsewhere, blur  where samples lie (`places.Places`)
        """
        flat = flatten(self.see(x))
        near, own = distances.between(flat, self.groups.points), distances.between(flat, flat)
        nearest, index = near.min(1)
        group = self.groups.group[index]
        on = self.places.find_near(nearest, group)
        raw = {key: value / self.usual[key] for key, value in self._raw(flat, own, group).items()}
        signals = (
            raw
            | self.places.look(flat, group, on)
            | {
                "copies": distances.copies(own, self.usual["neighbours"]),
                "thin": groups.thin(flat[on], group[on], self.groups),
            }
        )
        counts = torch.bincount(group, minlength=self.groups.number)
        return counts, {key: value.item() for key, value in signals.items()}

    @cached_property
    def usual(self) -> dict[str, Tensor]:
        """The raw signals of real data."""
        flat = flatten(self.see(self.sample))
        group = groups.assign_groups(distances.between(flat, self.groups.points), self.groups)
        raw = self._raw(flat, distances.between(flat, flat), group)
        return {key: value.clamp(min=1e-12) for key, value in raw.items()}

    def _raw(self, x: Tensor, own: Tensor, group: Tensor) -> dict[str, Tensor]:
        return {
            "spread": distances.mean_distance(own),
            "rank": distances.effective_rank(x),
            "neighbours": distances.nearest(own),
            "width": groups.width(x, group, self.groups),
        }


def flatten(x: Tensor) -> Tensor:
    """Samples (n, *S) as float64 points (n, d); those that overflowed lie far away."""
    return x.flatten(1).double().nan_to_num(FAR).clamp(-FAR, FAR)

"""All measures of samples, each with what two real samples of the same size show."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from torch import Generator, Tensor

from mcgan.judging import distances
from mcgan.judging.groups import Counted, compare_shares, count_groups, find_centres
from mcgan.judging.inputs import Sets
from mcgan.judging.neighbours import (
    NEAREST,
    compare_mixing,
    compare_neighbours,
    find_distances,
    look_around,
)
from mcgan.judging.null import Split, Tested, draw_splits, upper_tail
from mcgan.judging.proportions import chi_square
from mcgan.judging.variety import Directions, compare_spread, find_directions
from mcgan.metrics.correction import holm

SURE = 3.0  # standard deviations of two real samples, beyond which a difference is seen
LEVEL = 0.01  # of false alarms of the four tests together
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Measured:
    """A measure's value, the mean and sd that two real samples of that size show, and p of a test.

    ``decides``: a test, by which it is decided whether there is any difference. ``seen``: two real
    samples do not show such a value.
    """

    value: float
    null_mean: float
    null_sd: float
    p: float | None = None
    decides: bool = False
    seen: bool = False

    @property
    def z(self) -> float:
        """How many standard deviations the value is above that of two real samples."""
        return (self.value - self.null_mean) / max(self.null_sd, 1e-12)


def measure_tests(sets: Sets, counted: Counted, generator: Generator) -> dict[str, Measured]:
    """The four tests of whether samples and real rows are of one law, seen by Holm's correction.

    Shares are those of the classes where labels are given.
    """
    fakes, real = sets.fakes[: distances.ROWS], sets.real[: distances.ROWS]
    k = min(len(fakes), len(real), distances.SORTED)
    shares = (
        compare_shares(sets.fakes, sets.real, generator)
        if sets.labels is None
        else chi_square(counted.fakes, counted.real)
    )
    found = {
        "mmd": of_test(distances.compare_mmd(fakes, real, distances.scale(real), generator)),
        "sliced": of_test(distances.compare_sliced(fakes[:k], real[:k], generator)),
        "mixing": of_test(compare_mixing(fakes, real, generator)),
        "shares": of_shares(*shares),
    }
    corrected = holm(np.array([measure.p for measure in found.values()]))
    return {
        name: replace(measure, seen=bool(p < LEVEL))
        for (name, measure), p in zip(found.items(), corrected, strict=True)
    }


def of_test(tested: Tested) -> Measured:
    """The measure of a permutation test."""
    null = tested.null
    p = upper_tail(tested.value, null)
    return Measured(tested.value, null.mean().item(), null.std().item(), p, True)


def of_shares(value: float, freedom: int, p: float) -> Measured:
    """The measure of a χ² test."""
    return Measured(value, float(freedom), (2 * freedom) ** 0.5, p, True)


def measure_splits(
    sets: Sets, draws: int, generator: Generator, progress: Progress | None
) -> dict[str, Measured]:
    """The measures that explain and describe, as means over random splits of equal size."""
    directions = find_directions(sets.real, generator)
    width = distances.scale(sets.real)
    pairs = []
    for done, split in enumerate(draw_splits(sets, draws, generator), 1):
        pairs.append(measure_split(split, directions, width, generator))
        if progress:
            progress(done, draws)
    return {
        name: from_draws([ours[name] for ours, _ in pairs], [theirs[name] for _, theirs in pairs])
        for name in pairs[0][0]
    }


def from_draws(values: list[float], null: list[float]) -> Measured:
    """The measure of values over splits, and of real samples in the place of fakes."""
    value, mean = float(np.mean(values)), float(np.mean(null))
    sd = float(np.std(null, ddof=1)) if len(null) > 1 else 0.0
    found = Measured(value, mean, sd)
    return Measured(value, mean, sd, seen=abs(found.z) > SURE)


def measure_split(
    split: Split, directions: Directions, width: float, generator: Generator
) -> tuple[dict[str, float], dict[str, float]]:
    """The measures of the samples of a split, and of other real rows in their place."""
    real, real_axes = look_around(split.real), split.real @ directions.axes
    real_main = look_around(real_axes[:, : directions.main])
    centres = find_centres(
        real_main.points, count_groups(len(split.real), len(split.real)), generator
    )
    usual = real_main.nearest.quantile(NEAREST)
    variety = distances.renyi(split.real, width), distances.vendi(split.real, width)

    def measure(points: Tensor) -> dict[str, float]:
        axes = points @ directions.axes
        along = look_around(axes[:, : directions.main])
        inside = compare_spread(axes, real_axes, centres, directions)
        return (
            compare_neighbours(look_around(points), real)
            | inside
            | {
                "copies": (along.nearest <= usual).double().mean().item(),
                "frechet": distances.frechet(points, split.real),
                "rke": distances.renyi(points, width) / variety[0],
                "vendi": distances.vendi(points, width) / variety[1],
            }
        )

    return measure(split.fakes), measure(split.other)


def measure_training(sets: Sets) -> dict[str, Measured]:
    """Copies of training rows, where held-out real rows are given.

    The share of samples nearer to a row of the real data than 5 % of held-out rows are.
    """
    if sets.heldout is None:
        return {}
    theirs = find_distances(sets.heldout, sets.real)
    ours = find_distances(sets.fakes, sets.real)
    share = (ours < theirs.quantile(NEAREST)).double().mean().item()
    sd = (NEAREST * (1 - NEAREST) * (1 / len(ours) + 1 / len(theirs))) ** 0.5
    return {"training": Measured(share, NEAREST, sd, seen=abs(share - NEAREST) > SURE * sd)}

"""Numbers over distinct seeds, and tests against a baseline."""

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mcgan.compare.grouping import Group, Seed, Table
from mcgan.metrics import correction
from mcgan.metrics.interval import Interval, drop_unknown, interquartile_mean, mean_interval
from mcgan.metrics.measures import measure

SHOWN = ("modes_covered", "modes_published", "modes_strict", "quality", "kl", "spread_least",
         "energy", "effective_modes")  # fmt: skip
TESTED = ("modes_covered", "quality", "kl")
PAIRS = 6  # fewest pairs with which a signed-rank test can fall below 0.05: 2/2^6
EACH = 4  # fewest seeds on each side for a rank-sum test: 2/70


@dataclass
class Row:
    """One group's line of a table."""

    group: Group
    spreads: dict[str, Interval]  # mean and 95 % interval
    middles: dict[str, float | None]  # interquartile means
    seeds: int
    diverged: int
    collapsed: float | None  # share of all seeds
    watched: int  # seeds whose course is known
    reached: int  # of these, seeds that came to full coverage
    steps: float | None  # until then: the median, never being later than all
    seconds: float | None
    step_ms: float | None  # of one replica

    @property
    def learned(self) -> bool:
        """Whether any seed covers a mode: what other scores say of noise is no success."""
        key = "modes_strict" if self.spreads["modes_covered"].mean is None else "modes_covered"
        return bool(self.spreads[key].mean)

    @property
    def rank(self) -> tuple[float, float, float]:
        """Coverage first; a diverged seed covers nothing. Runs of before have strict ones alone."""
        alive = 1 - self.diverged / self.seeds
        covered, quality, kl = (self.spreads[key].mean for key in TESTED)
        covered = self.spreads["modes_strict"].mean if covered is None else covered
        return -(covered or 0.0) * alive, -(quality or 0.0), math.inf if kl is None else kl


def rows(table: Table) -> list[Row]:
    """The summaries of a table's groups, the best first."""
    return sorted((row(group, table) for group in table.groups), key=lambda row: row.rank)


def row(group: Group, table: Table) -> Row:
    """A group's summary over seeds: means with intervals, shares of seeds, and times."""
    seeds = list(group.seeds.values())
    values = {key: group.values(key) for key in SHOWN}
    watched = [seed for seed in seeds if seed.curve]
    return Row(
        group,
        spreads={key: measure(key).interval(each) for key, each in values.items()},
        middles={key: interquartile_mean(each) for key, each in values.items()},
        seeds=len(seeds),
        diverged=sum(seed.diverged for seed in seeds),
        collapsed=share_of_collapsed(seeds),
        watched=len(watched),
        reached=sum(seed.steps is not None for seed in watched),
        steps=median([seed.steps for seed in watched]),
        seconds=median([seed.seconds for seed in watched]),
        step_ms=mean_interval([seed.step_ms for seed in seeds]).mean,
    )


def share_of_collapsed(seeds: Sequence[Seed]) -> float | None:
    """Share of seeds that have collapsed, 0..1; None where no seed's end is known."""
    if all(seed.collapsed is None for seed in seeds):
        return None
    return sum(bool(seed.collapsed) for seed in seeds) / len(seeds)


def median(values: Sequence[float | None]) -> float | None:
    """The median where None is later than every number; None if it falls among those."""
    if not values:
        return None
    middle = float(np.median([math.inf if value is None else value for value in values]))
    return middle if math.isfinite(middle) else None


@dataclass
class Contrast:
    """One group against the baseline in one measure."""

    label: str
    key: str
    count: str  # of seeds: `8 pairs`, `6 and 5`
    method: str  # or why there is none
    difference: Interval  # group less baseline
    p: float | None = None
    holm: float | None = None  # corrected for all tests of the table


def contrasts(table: Table, baseline: Group) -> list[Contrast]:
    """Every other group, by rank, in coverage, quality and KL; p corrected by Holm."""
    others = [row.group for row in rows(table) if row.group is not baseline]
    found = [against(group, baseline, key) for group in others for key in TESTED]
    corrected = holm([test.p for test in found])
    return [replace(test, holm=p) for test, p in zip(found, corrected, strict=True)]


def against(group: Group, baseline: Group, key: str) -> Contrast:
    """Paired over common seeds; groups without a common seed by ranks."""
    common = sorted(group.seeds.keys() & baseline.seeds.keys())
    if not common:
        return compare_unpaired(group, baseline, key)
    pairs = [(group.seeds[s].scores.get(key), baseline.seeds[s].scores.get(key)) for s in common]
    changes = drop_unknown([None if a is None or b is None else a - b for a, b in pairs])
    change, count = mean_interval(list(changes)), f"{len(changes)} pairs"
    if len(changes) < PAIRS:
        return Contrast(group.label, key, count, f"too few pairs, {PAIRS} are needed", change)
    p = signed_rank_p(changes)
    return Contrast(group.label, key, count, "Wilcoxon signed-rank", change, p)


def compare_unpaired(group: Group, baseline: Group, key: str) -> Contrast:
    """The difference of means with Welch's interval, and the p of Mann and Whitney's test.

    Without p where a side has too few seeds for the test.
    """
    a, b = drop_unknown(group.values(key)), drop_unknown(baseline.values(key))
    change, count = welch(a, b), f"{len(a)} and {len(b)}"
    if min(len(a), len(b)) < EACH:
        return Contrast(group.label, key, count, f"too few seeds, {EACH} each are needed", change)
    from scipy.stats import mannwhitneyu

    p = float(mannwhitneyu(a, b).pvalue)
    return Contrast(group.label, key, count, "Mann–Whitney", change, p)


def signed_rank_p(changes: np.ndarray) -> float:
    """Two-sided p; no change at all is no evidence."""
    if not changes.any():
        return 1.0
    from scipy.stats import wilcoxon

    with warnings.catch_warnings():  # of ties among few pairs: the p is then approximate
        warnings.simplefilter("ignore")
        return float(wilcoxon(changes).pvalue)


def welch(a: np.ndarray, b: np.ndarray) -> Interval:
    """Difference of two means with its 95 % interval; unequal variances (Welch 1947)."""
    if not len(a) or not len(b):
        return Interval(None, None, None)
    mean = float(a.mean() - b.mean())
    if min(len(a), len(b)) < 2:
        return Interval(mean, None, None)
    if not a.var() and not b.var():  # scipy divides by the variance
        return Interval(mean, mean, mean)
    from scipy.stats import ttest_ind

    ends = ttest_ind(a, b, equal_var=False).confidence_interval()
    return Interval(mean, float(ends.low), float(ends.high))


def holm(values: Sequence[float | None]) -> list[float | None]:
    """p-values corrected for their number, step by step down (Holm 1979); None stays None."""
    known = np.array([p for p in values if p is not None])
    corrected = iter(correction.holm(known).tolist())
    return [None if p is None else next(corrected) for p in values]


def best(rows: Sequence[Row], perfect: Mapping[str, Any]) -> dict[str, set[int]]:
    """By column the rows that are nearest to a perfect sampler; fewest collapsed; earliest.

    Rows that learned nothing are best at nothing.
    """
    gaps = {key: [gap(row.spreads[key].mean, perfect.get(key)) for row in rows] for key in SHOWN}
    gaps["collapsed"] = [math.inf if row.collapsed is None else row.collapsed for row in rows]
    gaps["steps"] = [math.inf if row.steps is None else row.steps for row in rows]
    return {
        key: least(
            [value if row.learned else math.inf for row, value in zip(rows, each, strict=True)]
        )
        for key, each in gaps.items()
    }


def gap(value: float | None, perfect: float | None) -> float:
    """The distance to the perfect sampler's score; infinite where one of the two is not known."""
    return math.inf if value is None or perfect is None else abs(value - perfect)


def least(values: Sequence[float]) -> set[int]:
    """Where the smallest is; nowhere when all are alike."""
    low = min(values, default=math.inf)
    found = {i for i, value in enumerate(values) if value <= low + 1e-12 and value < math.inf}
    return found if len(found) < len(values) else set()

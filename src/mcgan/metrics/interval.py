"""Statistics over replicas or seeds: never one run alone, never the best one."""

import math
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, stdtrit

RESAMPLES = 10_000
SEED = 20_233  # of the bootstrap: the same values have the same interval


class Interval(NamedTuple):
    """A mean and the ends of its 95 % interval; None where they cannot be computed."""

    mean: float | None
    lower: float | None
    upper: float | None


def drop_unknown(values: Sequence[float | None]) -> np.ndarray:
    """The values that could be computed: neither None nor infinite nor NaN."""
    return np.array([v for v in values if v is not None and math.isfinite(v)], dtype=float)


def mean_interval(values: Sequence[float | None], level: float = 0.95) -> Interval:
    """Mean with the interval of Student's t over independent values; unknown ones are left out.

    One value has a mean and no interval; none has neither.
    """
    data = drop_unknown(values)
    if len(data) == 0:
        return Interval(None, None, None)
    mean = float(data.mean())
    if len(data) == 1:
        return Interval(mean, None, None)
    error = float(data.std(ddof=1)) / math.sqrt(len(data))
    half = float(stdtrit(len(data) - 1, (1 + level) / 2)) * error
    return Interval(mean, mean - half, mean + half)


def bounded_interval(values: Sequence[float | None], level: float = 0.95) -> Interval:
    """Mean of counts or shares with a bootstrap interval, which no resampled mean leaves.

    Student's interval of modes may end above their number. Plain percentiles of few values are too
    narrow, so they are taken at the level that gives Student's width where values are normal
    (expanded percentiles; Hesterberg 2015, section 4). Below five values they are the extremes.
    """
    known = tuple(drop_unknown(values).tolist())
    return mean_interval(values, level) if len(known) < 2 else bootstrap(known, level)


@lru_cache(maxsize=1000)  # a table asks for the interval of the same values several times
def bootstrap(known: tuple[float, ...], level: float) -> Interval:
    """The bootstrap interval of two or more values."""
    data, n = np.array(known), len(known)
    tail = float(ndtr(-math.sqrt(n / (n - 1)) * stdtrit(n - 1, (1 + level) / 2)))
    lower, upper = np.quantile(np.sort(data)[resample(n)].mean(1), [tail, 1 - tail])
    mean = float(data.mean())
    return Interval(mean, min(float(lower), mean), max(float(upper), mean))


@cache
def resample(n: int) -> np.ndarray:
    """Which of n values are in each resample, (RESAMPLES, n)."""
    return np.random.default_rng(SEED).integers(n, size=(RESAMPLES, n))


def interquartile_mean(values: Sequence[float | None]) -> float | None:
    """Mean of the middle half: ⌊n/4⌋ values cut at either end (Agarwal et al. 2021, rliable)."""
    data = np.sort(drop_unknown(values))
    cut = len(data) // 4
    return float(data[cut : len(data) - cut].mean()) if len(data) else None

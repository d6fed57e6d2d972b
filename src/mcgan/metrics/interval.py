"""Statistics over replicas or seeds: never one run alone, never the best one."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit


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


def interquartile_mean(values: Sequence[float | None]) -> float | None:
    """Mean of the middle half: ⌊n/4⌋ values cut at either end (Agarwal et al. 2021, rliable)."""
    data = np.sort(drop_unknown(values))
    cut = len(data) // 4
    return float(data[cut : len(data) - cut].mean()) if len(data) else None

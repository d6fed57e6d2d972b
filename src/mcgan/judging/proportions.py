"""Tests and intervals of counts in groups."""

import numpy as np
from scipy.special import bdtr, chdtrc, ndtri


def tail_of_shares(fakes: np.ndarray, real: np.ndarray, n: float, m: int) -> np.ndarray:
    """p of so few fakes in each group (K,), given its fakes and real rows together.

    Of two samples of one law a row of the group is a fake with chance n / (n + m): exact, however
    few there are (Przyborowski & Wilenski 1940).
    """
    return np.asarray(bdtr(fakes, fakes + real, n / (n + m)))


def wilson(hits: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """The interval of a share of hits among n (Wilson 1927)."""
    z = ndtri((1 + level) / 2)
    middle = (hits + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * (hits * (n - hits) / n + z**2 / 4) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


def chi_square(fakes: np.ndarray, real: np.ndarray) -> tuple[float, int, float]:
    """χ² of two rows of counts (K,), degrees of freedom, and p; groups without rows are left out.

    Groups with fewer than ten rows are counted as one.
    """
    both = fakes + real
    table = np.stack([fakes, real])
    small = both < 10
    table = np.column_stack([table[:, ~small], table[:, small].sum(1)])
    table = table[:, table.sum(0) > 0].astype(float)
    expected = table.sum(1, keepdims=True) * table.sum(0) / table.sum()
    value = float(((table - expected) ** 2 / expected).sum())
    freedom = table.shape[1] - 1
    return value, freedom, float(chdtrc(freedom, value)) if freedom else 1.0

"""p-values of many tests, corrected for their number."""

import numpy as np


def holm(p: np.ndarray) -> np.ndarray:
    """p (K,) corrected for K tests (Holm 1979): the chance of a single false finding is bounded."""
    order = np.argsort(p)
    steps = np.maximum.accumulate(p[order] * (len(p) - np.arange(len(p))))
    return np.minimum(steps, 1)[np.argsort(order)]

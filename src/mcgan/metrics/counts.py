"""Modes covered, from a histogram over K modes; `...` may be draws of a simulation."""

import torch
from torch import Tensor

STRICT = 0.2  # share of its due that a mode must get to be covered in the strict sense


def histogram(mode: Tensor, num_modes: int) -> Tensor:
    """Samples per mode: (n,) int64 -> (K,) int64."""
    return torch.bincount(mode, minlength=num_modes)


def modes(counts: Tensor) -> Tensor:
    """Modes with at least one sample, as papers count them: (..., K) -> (...)."""
    return (counts > 0).sum(-1)


def modes_strict(counts: Tensor, weights: Tensor, n: int, least: float = STRICT) -> Tensor:
    """Modes with at least `least` of the samples that are their due of n: (..., K) -> (...).

    One sample is no evidence of a mode: uniform noise hits all modes of the grid (VEEGAN's count).
    """
    due = least * weights * n * (1 - 1e-9)  # a count at the bound is in, whatever the rounding
    return ((counts > 0) & (counts >= due)).sum(-1)

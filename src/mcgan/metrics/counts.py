"""Modes covered, from a histogram over K modes; `...` may be draws of a simulation."""

import torch
from torch import Tensor

STRICT = 0.2  # share of its due that a mode must get to be covered
SURELY = 3.0  # standard deviations by which good samples must be more than by chance


def histogram(mode: Tensor, num_modes: int) -> Tensor:
    """Samples per mode: (n,) int64 -> (K,) int64."""
    return torch.bincount(mode, minlength=num_modes)


def modes_published(counts: Tensor) -> Tensor:
    """Modes with at least one sample, as papers count them: (..., K) -> (...)."""
    return (counts > 0).sum(-1)


def modes_covered(good: Tensor, weights: Tensor, n: int, chance: float = 0.0) -> Tensor:
    """Modes with at least 20 % of their due *among the good samples* (..., K) of n -> (...).

    Coverage and quality are two things: 19 % good samples, even over the modes, cover all of them,
    and so do modes that are evenly ten times too wide. Of all samples by their nearest mode one
    would say that of a ball at the origin as well.

    Nothing is covered where good samples are no more than even noise over the data's range has,
    a share of `chance`, by three standard deviations.
    """
    return modes_with(STRICT * weights * good.sum(-1, keepdim=True), good, n, chance)


def modes_strict(good: Tensor, weights: Tensor, n: int, chance: float = 0.0) -> Tensor:
    """Modes whose good samples are at least 20 % of their due of all n: (..., K) -> (...).

    It asks for coverage and quality at once, so no mode is strict that is not covered.

    One sample is no evidence of a mode: uniform noise hits all modes of the grid (VEEGAN's count).
    """
    return modes_with(STRICT * weights * n, good, n, chance)


def modes_with(least: Tensor, good: Tensor, n: int, chance: float) -> Tensor:
    """Modes with at least so many good samples (..., K) -> (...); 0 where all are but chance."""
    total = good.sum(-1, keepdim=True)
    enough = total > n * chance + SURELY * (n * chance) ** 0.5
    bound = least * (1 - 1e-9)  # a count at the bound is in, whatever the rounding
    held: Tensor = enough & (good > 0) & (good >= bound)
    return held.sum(-1)

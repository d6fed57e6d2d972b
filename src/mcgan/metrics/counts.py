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
    total = good.sum(-1, keepdim=True)
    due = STRICT * weights * total * (1 - 1e-9)
    enough = total > n * chance + SURELY * (n * chance) ** 0.5
    covered: Tensor = enough & (good > 0) & (good >= due)
    return covered.sum(-1)


def modes_strict(counts: Tensor, weights: Tensor, n: int, least: float = STRICT) -> Tensor:
    """Modes with at least `least` of the samples that are their due of n: (..., K) -> (...).

    Of good samples it asks for coverage and quality at once.

    One sample is no evidence of a mode: uniform noise hits all modes of the grid (VEEGAN's count).
    """
    due = least * weights * n * (1 - 1e-9)  # a count at the bound is in, whatever the rounding
    return ((counts > 0) & (counts >= due)).sum(-1)

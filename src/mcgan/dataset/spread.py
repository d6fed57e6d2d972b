"""Spread inside the narrowest mode, beside the true one: a pooled mean hides one point in a mode.

A minimum over many modes is low by chance alone. Each Gaussian mode is therefore held against the
value that the least of K perfect modes with as many samples exceeds every other time.
"""

import math
from functools import cache

import numpy as np
import torch
from torch import Tensor

FEWEST = 8  # samples of a mode, or twice its dimensions, below which its axes tell nothing
FEWEST_PICTURES = 5  # their variance is a sum over many pixels, so fewer tell it
DRAWS = 20_000  # of simulated covariances, over the square of the dimension
SEED = 20_231
AT_ONCE = 1000  # pictures that are read together


def split_modes(x: Tensor, mode: Tensor, num_modes: int) -> tuple[Tensor, ...]:
    """Samples x (n, ...) by their mode (n,): K tensors, empty where a mode has none."""
    sizes = torch.bincount(mode, minlength=num_modes).tolist()
    parts: tuple[Tensor, ...] = x[mode.argsort(stable=True)].split(sizes)
    return parts


def least_axis(offset: Tensor, mode: Tensor, num_modes: int) -> float | None:
    """The least variance along a principal axis, over all modes; offsets (n, d) are in true σ.

    It is corrected for the bias of a minimum, so that a perfect sampler has 1 on average. Modes
    with fewer than 8 samples, or than 2 d, are left out; None where all are.
    """
    fewest = max(FEWEST, 2 * offset.shape[1])
    told = [part for part in split_modes(offset, mode, num_modes) if len(part) >= fewest]
    if not told:
        return None
    covariances = torch.stack([torch.cov(part.T).reshape(2 * part.shape[1:]) for part in told])
    axes = torch.linalg.eigvalsh(covariances)[:, 0].clamp(min=0).numpy()
    usual = usual_least(np.array([len(part) for part in told]), offset.shape[1], num_modes)
    return float((axes / usual).min())


def usual_least(counts: np.ndarray, dim: int, num_modes: int) -> np.ndarray:
    """The least axis of each perfect mode with that many samples that is the median of a minimum.

    It is nearly linear in 1 / √n, so few sizes are simulated; infinitely many samples have 1.
    """
    sizes = [max(FEWEST, 2 * dim)]
    while sizes[-1] < counts.max():
        sizes.append(2 * sizes[-1])
    known = [1.0, *(simulate_least(size, dim, num_modes) for size in reversed(sizes))]
    return np.interp(counts**-0.5, [0.0, *(size**-0.5 for size in reversed(sizes))], known)


@cache
def simulate_least(count: int, dim: int, num_modes: int) -> float:
    """The quantile 1 - ½^(1/K) of the least eigenvalue of a sample covariance (Bartlett 1933)."""
    random = np.random.default_rng(SEED)
    draws = max(DRAWS // dim**2, 50)
    roots = np.tril(random.standard_normal((draws, dim, dim)), -1)
    squares = random.chisquare(count - 1 - np.arange(dim), (draws, dim))
    roots[:, np.arange(dim), np.arange(dim)] = np.sqrt(squares)
    least = np.linalg.svd(roots, compute_uv=False)[:, -1] ** 2 / (count - 1)
    return float(np.quantile(least, 1 - 0.5 ** (1 / num_modes)))


def least_of_pictures(x: Tensor, mode: Tensor, spreads: Tensor) -> float | None:
    """Rms distance of pictures x (n, *S) to their mode's mean over the true (K,); the least mode's.

    Pixels are compared, so one memorised picture in a mode has 0. Modes with fewer than 5 pictures
    are left out. The bias of the minimum is not corrected: the row of real data shows it.
    """
    parts = split_modes(x.flatten(1), mode, len(spreads))
    ratios = [
        float(part.double().var(0).sum().sqrt() / true)
        for part, true in zip(parts, spreads.tolist(), strict=True)
        if len(part) >= FEWEST_PICTURES and true > 0
    ]
    return min(ratios, default=None)


def spread_of_pictures(images: Tensor, labels: Tensor, num_modes: int) -> Tensor:
    """Rms distance of images (n, ...) uint8 to the mean of their class, in [-1, 1]: (K,) float64.

    Few are read at a time, for the images may lie in a mapped file. NaN for a class without one.
    """
    pixels = math.prod(images.shape[1:])
    sums = torch.zeros(num_modes, pixels, dtype=torch.float64)
    squares, size = torch.zeros(2, num_modes, dtype=torch.float64)
    for part, label in zip(images.split(AT_ONCE), labels.split(AT_ONCE), strict=True):
        x = part.flatten(1).double()
        sums.index_add_(0, label, x)
        squares.index_add_(0, label, x.square().sum(1))
        size.index_add_(0, label, torch.ones(len(x), dtype=torch.float64))
    variance = squares / size - (sums / size[:, None]).square().sum(1)
    spread: Tensor = variance.clamp(min=0).sqrt() / 127.5
    return spread

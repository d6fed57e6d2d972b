"""Intra-mode collapse: how wide the generator's modes are, beside the true ones."""

import torch
from scipy.special import hyp1f1
from torch import Tensor

WIDEST = 10.0  # beyond it samples fill the ball evenly: no mode is left to measure
HUGE = 1e6  # ₁F₁ overflows long before, and hangs far beyond


def pool_variance(offset: Tensor, mode: Tensor, num_modes: int) -> float | None:
    """Variance within modes: offsets (n, d) from mode (n,) -> one number, unbiased.

    Squares about each mode's own mean, summed over modes and coordinates, over d (n - modes hit):
    a tight cluster beside the true centre counts as narrow. None without two samples in a mode.
    """
    n, dim = offset.shape
    counts = torch.bincount(mode, minlength=num_modes)
    freedom = dim * (n - int((counts > 0).sum()))
    if freedom == 0:
        return None
    sums = offset.new_zeros(num_modes, dim).index_add_(0, mode, offset)
    between = (sums.square().sum(1) / counts.clamp(min=1)).sum()
    return max((offset.square().sum() - between).item() / freedom, 0.0)


def variance_within(std: float, radius: float, dim: int) -> float:
    """Variance per coordinate of z ~ N(0, std² I) in `dim` dimensions, given ‖z‖ <= radius.

    std² (1 - 1 / ₁F₁(1; d/2 + 1; radius²/2std²)), from E‖z‖² = d P(χ²_{d+2} <= r²) / P(χ²_d <= r²).
    """
    x = min((radius / std) ** 2 / 2, HUGE)
    return std**2 * (1 - 1 / float(hyp1f1(1, dim / 2 + 1, x)))


def invert_truncation(variance: float, radius: float, dim: int) -> float:
    """The std whose `variance_within` the radius is `variance`, by bisection; at most WIDEST."""
    low, high = 0.0, WIDEST
    for _ in range(50):
        middle = (low + high) / 2
        wide = variance_within(middle, radius, dim) > variance
        low, high = (low, middle) if wide else (middle, high)
    return high if variance > 0 else 0.0

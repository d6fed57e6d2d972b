"""Signals of a histogram over groups, known modes or found ones. Shares (..., K) -> (...).

Between evaluations `total_variation` is churn, as they share their latents.
"""

import torch
from torch import Tensor

from mcgan.metrics.counts import STRICT
from mcgan.metrics.divergence import effective_modes as effective
from mcgan.metrics.divergence import total_variation

__all__ = ["diversity", "effective", "find_held", "missing", "normalise", "total_variation"]


def normalise(counts: Tensor) -> Tensor:
    """Counts (..., K) as float64 shares; even ones where nothing was counted."""
    total = counts.sum(-1, keepdim=True)
    even = torch.full_like(counts, 1 / counts.shape[-1], dtype=torch.float64)
    return torch.where(total > 0, counts.double() / total.clamp(min=1), even)


def diversity(p: Tensor, q: Tensor) -> Tensor:
    """Effective groups of the generator's shares p over those of the data's shares q (K,)."""
    return effective(p) / effective(q)


def find_held(p: Tensor, q: Tensor) -> Tensor:
    """(..., K) bool: the groups that get at least a fifth of their due."""
    return p >= STRICT * q * (1 - 1e-9)


def missing(p: Tensor, q: Tensor) -> Tensor:
    """The data's share in groups that are not held, 0..1."""
    return torch.where(find_held(p, q), 0.0, q).sum(-1)

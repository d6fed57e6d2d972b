"""Signals of a histogram over groups, known modes or found ones. Shares (..., K) -> (...)."""

import torch
from torch import Tensor

HELD = 0.2  # of its due that a group must get to be held, as in `metrics.counts.modes_strict`


def normalised(counts: Tensor) -> Tensor:
    """Counts (..., K) as float64 shares; even ones where nothing was counted."""
    total = counts.sum(-1, keepdim=True)
    even = torch.full_like(counts, 1 / counts.shape[-1], dtype=torch.float64)
    return torch.where(total > 0, counts.double() / total.clamp(min=1), even)


def effective(p: Tensor) -> Tensor:
    """exp(H(p)): the number of equal groups with the same entropy, 1..K."""
    return torch.special.entr(p).sum(-1).exp()


def diversity(p: Tensor, q: Tensor) -> Tensor:
    """Effective groups of the generator's shares p over those of the data's shares q (K,)."""
    return effective(p) / effective(q)


def held(p: Tensor, q: Tensor) -> Tensor:
    """(..., K) bool: the groups that get at least a fifth of their due."""
    return p >= HELD * q * (1 - 1e-9)


def missing(p: Tensor, q: Tensor) -> Tensor:
    """The data's share in groups that are not held, 0..1."""
    return torch.where(held(p, q), 0.0, q).sum(-1)


def total_variation(p: Tensor, q: Tensor) -> Tensor:
    """½ Σ |p - q|, 0..1; between evaluations: churn, as they share their latents."""
    return (p - q).abs().sum(-1) / 2

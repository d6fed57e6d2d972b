"""Signals of distances and ranks within one set of samples. Float64, (n, d) or (n, n) -> ()."""

import torch
from torch import Tensor

COPY = 0.05  # of the usual distance to the nearest other sample, below which two are copies


def between(x: Tensor, y: Tensor) -> Tensor:
    """Euclidean distances (n, m) of float64 points, by matrix product: exact enough in float64."""
    return torch.cdist(x, y, compute_mode="use_mm_for_euclid_dist")


def mean_distance(distance: Tensor) -> Tensor:
    """Mean over pairs of different samples, from distances (n, n)."""
    n = len(distance)
    return distance.fill_diagonal_(0).sum() / (n * (n - 1))


def nearest(distance: Tensor) -> Tensor:
    """Median over samples of the distance to the nearest other one; 0 where most are copies."""
    return distance.clone().fill_diagonal_(torch.inf).amin(1).median()


def copies(distance: Tensor, usual: Tensor) -> Tensor:
    """Share of samples with a copy among the others; ``usual``: `nearest` () of real samples.

    Of N memorised points, n samples show 1 - exp(-n / N): 22 % of 256 samples for 1,000 points.
    """
    apart = distance.clone().fill_diagonal_(torch.inf).amin(1)
    return (apart < COPY * usual).double().mean()


def effective_rank(x: Tensor) -> Tensor:
    """exp(entropy) of the covariance's eigenvalues (Roy & Vetterli 2007), 1..d; 1 for a point."""
    centred = x - x.mean(0)
    small = centred.T @ centred if x.shape[1] < x.shape[0] else centred @ centred.T
    values = torch.linalg.eigvalsh(small).clamp(min=0)
    shares: Tensor = values / values.sum().clamp(min=1e-300)
    entropy: Tensor = torch.special.entr(shares).sum()
    return entropy.exp()

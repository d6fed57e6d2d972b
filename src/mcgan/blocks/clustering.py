"""k-means, and labels that stay what they were from one clustering to the next."""

import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from mcgan.blocks.latents import one_hot

ROUNDS = 25


def find_nearest(points: Tensor, centres: Tensor) -> Tensor:
    """The index (B,) of the nearest of K centres (K, F) for each point (B, F)."""
    return (points @ centres.T - centres.square().sum(1) / 2).argmax(1)


def cluster(points: Tensor, starts: Tensor) -> Tensor:
    """Centres (K, F) of points (n, F): Lloyd's rounds from given starts (K, F).

    A centre that is nearest to no point stays in place.
    """
    centres, count = starts, len(starts)
    for _ in range(ROUNDS):
        hot = one_hot(find_nearest(points, centres), count, points)
        size = hot.sum(0).unsqueeze(1)
        centres = torch.where(size > 0, hot.T @ points / size.clamp(min=1), centres)
    return centres


def spread_starts(points: Tensor, count: int) -> Tensor:
    """Starts (count, F) that depend on the points alone: the first, then always the one farthest
    from those chosen so far (Gonzalez 1985)."""
    chosen = [points[0]]
    away = (points - chosen[0]).square().sum(1)
    for _ in range(count - 1):
        chosen.append(points[away.argmax()])
        away = torch.minimum(away, (points - chosen[-1]).square().sum(1))
    return torch.stack(chosen)


def mean_starts(points: Tensor, earlier: Tensor, count: int) -> Tensor:
    """Starts (count, F): the means of points (n, F) by earlier labels (n,).

    A label that no point has starts at a point far from the others. Liu et al. 2020, the row "+
    init" of the authors' ablation; there such a label starts at a random point.
    """
    hot = one_hot(earlier, count, points)
    size = hot.sum(0).unsqueeze(1)
    means = hot.T @ points / size.clamp(min=1)
    return torch.where(size > 0, means, spread_starts(points, count))


def match_centres(centres: Tensor, points: Tensor, earlier: Tensor) -> Tensor:
    """The centres (K, F) in the order in which they share most points with earlier labels (n,)."""
    count = len(centres)
    now = one_hot(find_nearest(points, centres), count, points)
    shared = one_hot(earlier, count, points).T @ now  # (earlier, now)
    _, order = linear_sum_assignment(shared.cpu().numpy(), maximize=True)
    return centres[torch.as_tensor(order, device=centres.device)]

"""k-means, and labels that stay what they were from one clustering to the next."""

import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from mcgan.blocks.latents import one_hot

ROUNDS = 25


def find_nearest(points: Tensor, centres: Tensor) -> Tensor:
    """The index (B,) of the nearest of K centres (K, F) for each point (B, F)."""
    return (points @ centres.T - centres.square().sum(1) / 2).argmax(1)


def cluster(points: Tensor, count: int) -> Tensor:
    """Centres (count, F) of points (n, F): Lloyd's rounds from points far apart (Gonzalez 1985).

    The result depends on the points alone. A centre that is nearest to no point stays in place.
    """
    centres = spread_starts(points, count)
    for _ in range(ROUNDS):
        hot = one_hot(find_nearest(points, centres), count, points)
        size = hot.sum(0).unsqueeze(1)
        centres = torch.where(size > 0, hot.T @ points / size.clamp(min=1), centres)
    return centres


def spread_starts(points: Tensor, count: int) -> Tensor:
    """Points (count, F): the first, then always the one farthest from those chosen so far."""
    chosen = [points[0]]
    away = (points - chosen[0]).square().sum(1)
    for _ in range(count - 1):
        chosen.append(points[away.argmax()])
        away = torch.minimum(away, (points - chosen[-1]).square().sum(1))
    return torch.stack(chosen)


def match_centres(centres: Tensor, points: Tensor, earlier: Tensor) -> Tensor:
    """The centres (K, F) in the order in which they share most points with earlier labels (n,)."""
    count = len(centres)
    now = one_hot(find_nearest(points, centres), count, points)
    shared = one_hot(earlier, count, points).T @ now  # (earlier, now)
    _, order = linear_sum_assignment(shared.cpu().numpy(), maximize=True)
    return centres[torch.as_tensor(order, device=centres.device)]

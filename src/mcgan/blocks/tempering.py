"""Particles whose law is bent in steps: how far a step goes, drawing again, and their moves."""

import math

import torch
from torch import Tensor

HALVINGS = 30  # of the interval in which the next power lies
LEAST = 2.0**-10  # of a step, so that scores that are no numbers end too
WANTED = 0.3  # share of moves that are taken, for which their length is chosen
SHORTEST = 1e-3
RATE = 0.5  # of the change of their length


def effective_share(log_weights: Tensor) -> float:
    """The share of particles that count, (sum w)^2 / (N sum w^2), of log weights (N,)."""
    weights = torch.softmax(log_weights.double(), 0)
    return 1 / (len(weights) * weights.square().sum().item())


def raise_power(score: Tensor, power: float, keep: float) -> float:
    """The largest power, at most 1, for which weights e^((new - power) score) keep that share."""
    if effective_share((1 - power) * score) >= keep:
        return 1.0
    low, high = power, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        enough = effective_share((middle - power) * score) >= keep
        low, high = (middle, high) if enough else (low, middle)
    return min(1.0, max(low, power + LEAST))


def draw_again(log_weights: Tensor, draw: Tensor) -> Tensor:
    """Places (N,) of particles, each as often as its weight says, by one even draw (1,).

    It is systematic resampling: a particle of weight w is there N w times, rounded up or down.
    """
    edges = torch.softmax(log_weights.double(), 0).cumsum(0)
    ticks = (torch.arange(len(edges), device=edges.device) + draw.double()) / len(edges)
    return torch.searchsorted(edges, ticks).clamp(max=len(edges) - 1)


def adapt_length(length: float, taken: Tensor) -> float:
    """A longer move, up to 1, where more than the wanted share were taken (N,), else a shorter."""
    share = taken.double().mean().item()
    return min(1.0, max(SHORTEST, length * math.exp(RATE * (share - WANTED))))

"""How varied samples are inside groups, along the main directions of the real data."""

import torch
from torch import Generator, Tensor

from mcgan.blocks.clustering import find_nearest
from mcgan.judging.groups import find_centres, within

HALF = 0.5  # of the variance inside groups, which the main directions hold
FEWEST = 8  # directions; data of fewer are taken whole
GROUPS = 10


def find_main(real: Tensor, generator: Generator) -> Tensor:
    """Directions (d, q) that hold half of the variance inside groups of real rows (m, d).

    Blur takes away the many fine directions and leaves these; a collapse inside modes takes all.
    """
    centres = find_centres(real, GROUPS, generator)
    inside = real - centres[find_nearest(real, centres)]
    values, vectors = torch.linalg.eigh(torch.cov(inside.T).reshape(real.shape[1], -1))
    held = values.flip(0).cumsum(0) / values.sum().clamp(min=1e-300)
    number = max(FEWEST, int((held < HALF).sum()) + 1)
    main: Tensor = vectors.flip(1)[:, :number]
    return main


def spread(points: Tensor, real: Tensor, centres: Tensor) -> float:
    """Rms distance to the mean of the group, of points (n, q) over that of real rows (m, q)."""
    usual = within(real, centres)
    return (within(points, centres) / usual) ** 0.5 if usual > 0 else 1.0

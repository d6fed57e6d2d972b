"""How varied samples are inside groups, along directions of the real data from coarse to fine."""

from typing import NamedTuple

import torch
from torch import Generator, Tensor

from mcgan.blocks.clustering import find_nearest
from mcgan.judging.groups import find_centres

SHARES = (0.25, 0.5, 0.75)  # of the variance inside groups: the directions between are a block
HALF = 1  # the place in SHARES up to which directions are the main ones
FEWEST = 8  # directions; data of fewer are taken whole
ROWS = 10  # real rows for each direction, or finer ones are those of chance
GROUPS = 10


class Directions(NamedTuple):
    """Axes (d, q) by their variance inside groups, the first ``main`` of them, sizes of blocks."""

    axes: Tensor
    main: int
    sizes: list[int]


def find_directions(real: Tensor, generator: Generator) -> Directions:
    """The directions of real rows (m, d) inside groups, from coarse to fine."""
    centres = find_centres(real, GROUPS, generator)
    inside = real - centres[find_nearest(real, centres)]
    values, vectors = torch.linalg.eigh(torch.cov(inside.T).reshape(real.shape[1], -1))
    number = min(len(values), max(FEWEST, len(real) // ROWS))
    values, axes = values.flip(0)[:number], vectors.flip(1)[:, :number]
    if number <= FEWEST:
        return Directions(axes, number, [number])
    held = values.cumsum(0) / values.sum().clamp(min=1e-300)
    ends = [int((held < share).sum()) + 1 for share in SHARES]
    sizes = torch.tensor([0, *ends, number]).clamp(max=number).diff()
    return Directions(axes, max(FEWEST, ends[HALF]), sizes[sizes > 0].tolist())


def compare_spread(
    points: Tensor, real: Tensor, centres: Tensor, directions: Directions
) -> dict[str, float]:
    """The spread inside groups over that of real rows, of rows (n, q) along the axes.

    spread  along the main directions, which also centres (K, main) are along
    kept    along the block of directions that keeps most: blur keeps the coarse ones, noise the
            fine ones, a collapse inside modes none
    """
    ours = variances(points, centres, directions)
    usual = variances(real, centres, directions)
    main = slice(directions.main)
    return {
        "spread": ratio(ours[main], usual[main]),
        "kept": max(
            ratio(*both)
            for both in zip(
                ours.split(directions.sizes), usual.split(directions.sizes), strict=True
            )
        ),
    }


def ratio(ours: Tensor, usual: Tensor) -> float:
    """Root of the ratio of two variances, each the sum over directions."""
    return (ours.sum() / usual.sum()).sqrt().item() if usual.sum() > 0 else 1.0


def variances(points: Tensor, centres: Tensor, directions: Directions) -> Tensor:
    """The variance (q,) of points (n, q) about the mean of their group."""
    group = find_nearest(points[:, : directions.main].contiguous(), centres)
    size = torch.bincount(group, minlength=len(centres)).double()
    sums = points.new_zeros(len(centres), points.shape[1]).index_add_(0, group, points)
    squares = points.square().sum(0) - (sums.square() / size.clamp(min=1)[:, None]).sum(0)
    return squares / (size - 1).clamp(min=0).sum().clamp(min=1)

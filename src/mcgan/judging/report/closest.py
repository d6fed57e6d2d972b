"""Which samples to show beside each other: missing groups and nearest fakes, copies in pairs."""

from typing import NamedTuple

import torch
from torch import Tensor

from mcgan.judging.groups import MissingGroup
from mcgan.judging.neighbours import CHUNK, NEAREST, SMALLEST, find_near
from mcgan.judging.pairs import Pair
from mcgan.verdict.distances import between

SHOWN = 8  # samples in a row
SEARCHED = 3000  # rows of each side that copies are looked for in


class Beside(NamedTuple):
    """Real rows of a missing group, and the fake that is nearest to each: numbers (k,) of rows."""

    real: list[int]
    fakes: list[int]


class Pairs(NamedTuple):
    """Rows that are closer than usual, the closest first: (k, 2) numbers of rows."""

    rows: list[tuple[int, int]]
    found: int  # how many samples have such a partner
    searched: int


def find_beside(pair: Pair, group: MissingGroup) -> Beside:
    """Rows of the group from its middle outwards, each with its nearest fake."""
    points = torch.from_numpy(pair.real[[*group.rows]]).double()
    order = (points - points.mean(0)).square().sum(1).argsort()
    step = max(1, len(order) // SHOWN)
    chosen = order[::step][:SHOWN]
    near = nearest(points[chosen], torch.from_numpy(pair.fakes).double())[1]
    return Beside([group.rows[int(number)] for number in chosen], near.tolist())


def nearest(points: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    """Distance and number (n,) of the row of ``others`` that is nearest to each of the points."""
    found = [between(part, others).min(1) for part in points.split(CHUNK)]
    return torch.cat([each.values for each in found]), torch.cat([each.indices for each in found])


def find_copies(pair: Pair) -> Pairs | None:
    """Samples closer to another one than 95 % of as many real rows are to a real one.

    None for sets that are too small.
    """
    k = min(len(pair.fakes), len(pair.real), SEARCHED)
    if k < SMALLEST:
        return None
    fakes, real = (torch.from_numpy(side[:k]).double() for side in (pair.fakes, pair.real))
    distance, partner = (each[:, 0] for each in find_near(fakes))
    usual = find_near(real)[0][:, 0].quantile(NEAREST)
    close = distance <= usual
    return Pairs(choose(distance, partner), int(close.sum()), k)


def find_training_copies(pair: Pair) -> Pairs | None:
    """Samples closer to a real row than 95 % of held-out rows are; None without held-out rows."""
    if pair.heldout is None:
        return None
    real = torch.from_numpy(pair.real[:SEARCHED]).double()
    fakes = torch.from_numpy(pair.fakes[:SEARCHED]).double()
    distance, partner = nearest(fakes, real)
    usual = nearest(torch.from_numpy(pair.heldout[:SEARCHED]).double(), real)[0].quantile(NEAREST)
    rows = [(int(row), int(partner[row])) for row in distance.argsort()[:SHOWN]]
    return Pairs(rows, int((distance < usual).sum()), len(fakes))


def choose(distance: Tensor, partner: Tensor) -> list[tuple[int, int]]:
    """The closest pairs of one set; a sample stands in one pair alone."""
    rows: list[tuple[int, int]] = []
    seen: set[int] = set()
    for row in distance.argsort(stable=True).tolist():
        both = (row, int(partner[row]))
        if len(rows) < SHOWN and not seen & {*both}:
            rows.append(both)
            seen |= {*both}
    return rows

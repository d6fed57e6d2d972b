"""A part of the real data that samples lack though no group is empty, found by a classifier.

Classes that overlap are no groups: where one is gone, its neighbours still fill each group. But
then samples are rarer in some places, and nowhere much more frequent than real rows.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Generator, Tensor

from mcgan.judging.distances import kernel, scale
from mcgan.judging.groups import LOST, MissingGroup
from mcgan.judging.inputs import Sets
from mcgan.judging.proportions import tail_of_shares, wilson
from mcgan.metrics.correction import holm

FOLDS = 10
LANDMARKS = 600  # rows that the kernel is spanned by (Nyström): bounds the time
WIDTH = 0.45  # of the kernel, in median distances of two real rows
RIDGE = 10.0
SURE = 0.1  # p, below which a part surely has less than a group's bound of its share
FEWEST = 20  # rows of either side that the smallest part should have
LEAST = 0.005  # of the real data, as for groups
MOST = 0.25  # of the rows; more would empty groups
STEP = 2**0.5  # from one size of a part to the next
TAIL = 0.1  # of all rows, those that look least real
EXCESS = 1.6  # times their share, above which samples lie off the data: nothing is gone then


class Ordered(NamedTuple):
    """All n + m rows, those first that look most real: whether each is a sample, and its place."""

    is_fake: np.ndarray  # (n + m,) bool
    place: np.ndarray  # (n + m,) int64: samples from 0, real rows from n
    n: int
    m: int


def find_region(sets: Sets, level: float, generator: Generator) -> tuple[MissingGroup, ...]:
    """The largest part of the real data with surely less than 20 % of its share, or nothing.

    A row's score is of a classifier that has seen neither it nor its tenth of the rows. So counts
    of rows with the highest scores are tested as those of groups are, by Holm's correction.
    There is no such part where samples crowd at places without real rows: poor ones do.
    """
    ordered = order_rows(sets.fakes, sets.real, generator)
    size = 0 if lies_elsewhere(ordered) else find_size(ordered, level)
    if not size:
        return ()
    real = ordered.place[:size][~ordered.is_fake[:size]] - ordered.n
    return (
        MissingGroup(
            "part",
            tuple(sets.rows[torch.from_numpy(real)].sort().values.tolist()),
            len(real) / ordered.m,
            wilson(len(real), ordered.m),
            float(ordered.is_fake[:size].sum() / ordered.n),
            whole=False,
        ),
    )


def find_size(ordered: Ordered, level: float) -> int:
    """How many rows the largest part has that surely has less than 20 % of its share of samples.

    Of several parts the largest is taken, so that it must be surer than the smallest of all. 0:
    there is no part.
    """
    n, m = ordered.n, ordered.m
    smaller = min(n, m)
    least = max(FEWEST, LEAST * smaller)
    steps = max(0, int(np.log(max(MOST * smaller / least, 1)) / np.log(STEP))) + 1
    sizes = (least * STEP ** np.arange(steps) * (n + m) / smaller).astype(int)
    ours = ordered.is_fake.cumsum()[sizes - 1]
    theirs = sizes - ours
    p = holm(tail_of_shares(ours, theirs, n, m))
    lost = (ours / n < LOST * theirs / m) & (p < level)
    sure = tail_of_shares(ours, theirs, LOST * n, m) < SURE
    sure[0] = True
    return int(sizes[lost & sure].max(initial=0))


def lies_elsewhere(ordered: Ordered) -> bool:
    """Whether samples crowd where real rows are rare.

    If only a share of the real data is gone, the rest is at most 1 / (1 - share) times as frequent.
    """
    tail = ordered.is_fake[-int(TAIL * len(ordered.is_fake)) :]
    ours, theirs = tail.sum(), (~tail).sum()
    return bool(ours / ordered.n > EXCESS * theirs / ordered.m)


def order_rows(fakes: Tensor, real: Tensor, generator: Generator) -> Ordered:
    """All rows by their scores; equal ones come in random order."""
    n, m = len(fakes), len(real)
    mixed = torch.randperm(n + m, generator=generator)
    scores = score_rows(fakes, real, generator)
    order = mixed[scores[mixed].argsort(descending=True)].numpy()
    return Ordered(order < n, order, n, m)


def score_rows(fakes: Tensor, real: Tensor, generator: Generator) -> Tensor:
    """How real each row (n + m,) looks, by ridge regression on the rows of nine other tenths."""
    n, m = len(fakes), len(real)
    features = span(torch.cat([fakes, real]), real, generator)
    aims = torch.cat([fakes.new_full((n,), -1.0), fakes.new_full((m,), n / m)])
    fold = torch.cat([torch.arange(n), torch.arange(m)]) % FOLDS  # rows are in random order
    inner = [features[fold == each].T @ features[fold == each] for each in range(FOLDS)]
    sums = [features[fold == each].T @ aims[fold == each] for each in range(FOLDS)]
    ridge = torch.stack(inner).sum(0) + RIDGE * torch.eye(features.shape[1]).double()
    scores = torch.empty_like(aims)
    for each in range(FOLDS):
        weights = torch.linalg.solve(ridge - inner[each], sum(sums) - sums[each])
        scores[fold == each] = features[fold == each] @ weights
    return scores


def span(rows: Tensor, real: Tensor, generator: Generator) -> Tensor:
    """Features (n + m, L + 1) whose products are a Gaussian kernel's, and a constant.

    Directions are divided by the root of their spread: fine ones tell classes that overlap.
    """
    spread = real.std(0)
    unit = torch.where(spread > 0, spread, 1.0).sqrt()
    width = WIDTH * scale(real / unit)
    points = rows / unit
    landmarks = points[torch.randperm(len(points), generator=generator)[:LANDMARKS]]
    inner = kernel(landmarks, landmarks, width) + 1e-6 * torch.eye(len(landmarks)).double()
    root = torch.linalg.cholesky(inner)
    found = torch.linalg.solve_triangular(root, kernel(landmarks, points, width), upper=False)
    return torch.cat([found, torch.ones(1, len(points)).double()]).T

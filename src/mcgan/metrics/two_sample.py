"""How far samples of vectors are from the true law, as one number: a sliced energy distance.

The energy distance 2 E|X - Y| - E|X - X'| - E|Y - Y'| is 0 for one law only (Székely & Rizzo 2013).
In the plain coordinates it hardly sees what is inside modes a hundredth of the data wide. So it is
taken of `ModalDataset.coordinates`: beside its place each sample has its offset within its mode.
"""

import math

import numpy as np
import torch
from torch import Generator, Tensor

from mcgan.dataset.base import ModalDataset, Recognition

MOST = 5_000  # samples of each side: more are subsampled, so that it takes a fraction of a second
DIRECTIONS = 32
FAR = 1e6  # in net units and in σ: where samples that overflowed are put
SEED = 20_232  # of the directions, the true sample and the subsample: the same for every generator


def energy_distance(a: Tensor, b: Tensor) -> float:
    """Energy distance of samples a (n, D) and b (m, D), each sample's own pairs with zero included.

    It is the mean of one-dimensional distances, 2 ∫ (F - G)², over 32 fixed random directions. A
    constant makes |x| the mean of its projections. Two true samples have
    (1/n + 1/m) E|X - X'| on average.
    """
    dim, (n, m) = a.shape[1], (len(a), len(b))
    directions = torch.randn(DIRECTIONS, dim, generator=Generator().manual_seed(SEED)).to(a)
    directions /= directions.norm(dim=1, keepdim=True)
    rows = (directions @ torch.cat([a, b]).T).numpy(force=True)  # (directions, n + m)
    within, beside, all_pairs = map(sum_pairs, (rows[:, :n], rows[:, n:], rows))
    between = 2 * (all_pairs - within - beside) / (n * m) - 2 * within / n**2 - 2 * beside / m**2
    constant = math.sqrt(math.pi) * math.exp(math.lgamma((dim + 1) / 2) - math.lgamma(dim / 2))
    return max(0.0, float(constant * between.mean()))  # rounding could leave less


def sum_pairs(rows: np.ndarray) -> np.ndarray:
    """The sum of |x - x'| over the pairs of each row, in double precision.

    It takes one sort, and numpy's is ten times as quick as torch's, which keeps the places too.
    """
    count = rows.shape[1]
    ranks = 2.0 * np.arange(count) - (count - 1)
    sums: np.ndarray = np.sort(rows, 1).astype(np.float64) @ ranks
    return sums


def distance_to_law(x: Tensor, seen: Recognition, dataset: ModalDataset) -> float | None:
    """Energy distance of samples x (n, *S), recognised as `seen`, to as many of the true law.

    At most 5,000 of x are used, chosen by a fixed seed. None for data without `coordinates`.
    """
    places = dataset.coordinates(x, seen)
    if places is None:
        return None
    random = Generator().manual_seed(SEED)
    true = dataset.draw_law(min(len(x), MOST), random)
    theirs = dataset.coordinates(true, dataset.recognise(true))
    chosen = places[torch.randperm(len(places), generator=random)[:MOST]]
    return energy_distance(bound(chosen), bound(theirs))


def bound(places: Tensor | None) -> Tensor:
    """Finite coordinates (n, D): a sample that overflowed is far, not left out."""
    assert places is not None  # narrows the type: the dataset has coordinates of all samples
    return places.nan_to_num(FAR).clamp(-FAR, FAR).float()

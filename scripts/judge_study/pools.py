"""The data of the study: real samples with their classes, and halves that are never mixed."""

from collections.abc import Callable
from functools import cache, partial
from typing import NamedTuple

import numpy as np
import torch
from torch import Generator, Tensor

from mcgan.dataset.idx_files import FASHION, MNIST, Source, read

HALF = 30_000  # pictures on which thresholds were set, the others are reported
STACKS = 20_000


class Pool(NamedTuple):
    """Samples, pictures in 0..1 or vectors, and their classes (n,) int64."""

    x: Tensor
    y: Tensor

    def pick(self, rows: Tensor) -> "Pool":
        return Pool(self.x[rows], self.y[rows])

    def draw(self, n: int, generator: Generator) -> "Pool":
        """n of them, none twice."""
        return self.pick(torch.randperm(len(self.x), generator=generator)[:n])


def pictures(source: Source) -> Pool:
    images, labels = read(source, None, train=True, download=False)
    return Pool(images.float() / 255, labels)


def half(source: Source, tuning: bool) -> Pool:
    rows = torch.arange(2 * HALF)
    return pictures(source).pick(rows[:HALF] if tuning else rows[HALF:])


def stacked() -> Pool:
    """Three pictures of Fashion-MNIST as channels; the class is the triple of their classes."""
    single = half(FASHION, tuning=False)
    rows = torch.randint(HALF, (STACKS, 3), generator=torch.Generator().manual_seed(0))
    return Pool(single.x[rows], single.y[rows] @ torch.tensor([100, 10, 1]))


def digits() -> Pool:
    """scikit-learn's 1,797 digits of 8 x 8."""
    from sklearn.datasets import load_digits

    found = load_digits()
    return Pool(torch.from_numpy(found.images / 16).float(), torch.from_numpy(found.target).long())


def plane(centres: np.ndarray, std: float) -> Pool:
    """Equal normal modes (30,000, 2)."""
    generator = torch.Generator().manual_seed(0)
    y = torch.randint(len(centres), (HALF,), generator=generator)
    return Pool(
        torch.from_numpy(centres)[y].float() + std * torch.randn(HALF, 2, generator=generator), y
    )


def ring() -> Pool:
    angle = np.arange(8) * np.pi / 4
    return plane(np.stack([np.cos(angle), np.sin(angle)], 1), 0.05)


def grid() -> Pool:
    return plane(np.mgrid[-2:3, -2:3].reshape(2, -1).T.astype(float), 0.05)


POOLS: dict[str, Callable[[], Pool]] = {
    "fashion for tuning": partial(half, FASHION, tuning=True),
    "mnist for tuning": partial(half, MNIST, tuning=True),
    "fashion": partial(half, FASHION, tuning=False),
    "mnist": partial(half, MNIST, tuning=False),
    "stacked": stacked,
    "digits": digits,
    "ring": ring,
    "grid": grid,
}


@cache
def pool(name: str) -> Pool:
    return POOLS[name]()

"""What is done to real samples so that their state is known."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Generator
from torchvision.transforms.functional import gaussian_blur

from judge_study.pools import Pool

Change = Callable[[Pool, int, Generator], Pool]


class Defect(NamedTuple):
    """Whether it is a collapse, and n samples of a pool that have it."""

    collapsed: bool
    make: Change


def real(pool: Pool, n: int, generator: Generator) -> Pool:
    return pool.draw(n, generator)


def without(*classes: int) -> Change:
    """Samples of all other classes."""

    def make(pool: Pool, n: int, generator: Generator) -> Pool:
        kept = ~torch.isin(pool.y, torch.tensor(classes))
        return pool.pick(kept.nonzero()[:, 0]).draw(n, generator)

    return make


def of_classes(number: int) -> Change:
    """Samples of so many classes, drawn by the seed."""

    def make(pool: Pool, n: int, generator: Generator) -> Pool:
        known = pool.y.unique()
        chosen = known[torch.randperm(len(known), generator=generator)[:number]]
        return pool.pick(torch.isin(pool.y, chosen).nonzero()[:, 0]).draw(n, generator)

    return make


def rare(gone: int, share: float) -> Change:
    """One class at a share of its share."""

    def make(pool: Pool, n: int, generator: Generator) -> Pool:
        kept = (pool.y != gone) | (torch.rand(len(pool.y), generator=generator) < share)
        return pool.pick(kept.nonzero()[:, 0]).draw(n, generator)

    return make


def repeated(number: int) -> Change:
    """So many samples, each many times."""

    def make(pool: Pool, n: int, generator: Generator) -> Pool:
        few = pool.draw(number, generator)
        return few.pick(torch.randint(number, (n,), generator=generator))

    return make


def narrowed(width: float) -> Change:
    """Each sample drawn to the mean of its class."""

    def make(pool: Pool, n: int, generator: Generator) -> Pool:
        size = torch.bincount(pool.y).view(-1, *[1] * (pool.x.ndim - 1))
        means = torch.zeros(len(size), *pool.x.shape[1:]).index_add_(0, pool.y, pool.x) / size
        x, y = pool.draw(n, generator)
        return Pool(means[y] + width * (x - means[y]), y)

    return make


def noisy(std: float) -> Change:
    def make(pool: Pool, n: int, generator: Generator) -> Pool:
        x, y = pool.draw(n, generator)
        return Pool(x + std * torch.randn(x.shape, generator=generator), y)

    return make


def specked(share: float) -> Change:
    """A share of the pixels black or white by chance."""

    def make(pool: Pool, n: int, generator: Generator) -> Pool:
        x, y = pool.draw(n, generator)
        chance = torch.rand(x.shape, generator=generator)
        return Pool(torch.where(chance < share, (chance < share / 2).float(), x), y)

    return make


def blurred(sigma: float) -> Change:
    def make(pool: Pool, n: int, generator: Generator) -> Pool:
        x, y = pool.draw(n, generator)
        return Pool(gaussian_blur(x[:, None], [2 * int(3 * sigma) + 1] * 2, [sigma] * 2)[:, 0], y)

    return make


TUNING = {
    **{f"class {c} gone": Defect(True, without(c)) for c in range(10)},
    "classes 1, 5, 8 gone": Defect(True, without(1, 5, 8)),
    "each class half as wide": Defect(True, narrowed(0.5)),
    "100 samples": Defect(True, repeated(100)),
    "300 samples": Defect(True, repeated(300)),
    **{f"noise {std}": Defect(False, noisy(std)) for std in (0.1, 0.2, 0.4, 0.8)},
    **{f"blur {sigma}": Defect(False, blurred(sigma)) for sigma in (1.0, 2.0)},
}
REPORTED = {
    "real samples": Defect(False, real),
    "classes 0, 4, 7 gone": Defect(True, without(0, 4, 7)),
    "classes 2, 3, 9 gone": Defect(True, without(2, 3, 9)),
    "classes 0 to 4 gone": Defect(True, without(0, 1, 2, 3, 4)),
    "class 6 alone": Defect(True, without(0, 1, 2, 3, 4, 5, 7, 8, 9)),
    "each class 0.4 times as wide": Defect(True, narrowed(0.4)),
    "each class 0.2 times as wide": Defect(True, narrowed(0.2)),
    "50 samples": Defect(True, repeated(50)),
    "200 samples": Defect(True, repeated(200)),
    "noise 0.15": Defect(False, noisy(0.15)),
    "noise 0.3": Defect(False, noisy(0.3)),
    "noise 0.5": Defect(False, noisy(0.5)),
    "5 % of pixels black or white": Defect(False, specked(0.05)),
    "20 % of pixels black or white": Defect(False, specked(0.2)),
    "blur 0.7": Defect(False, blurred(0.7)),
    "blur 1.3": Defect(False, blurred(1.3)),
}
STACKED = {
    "real samples": Defect(False, real),
    "100 of 1,000 triples": Defect(True, of_classes(100)),
    "10 of 1,000 triples": Defect(True, of_classes(10)),
}
DIGITS = {
    "real samples": Defect(False, real),
    "classes 1, 4, 7 gone": Defect(True, without(1, 4, 7)),
    "classes 0, 3, 8 gone": Defect(True, without(0, 3, 8)),
    "each class half as wide": Defect(True, narrowed(0.5)),
    "50 samples": Defect(True, repeated(50)),
    "noise 0.2": Defect(False, noisy(0.2)),
}
PLANE = {
    "real samples": Defect(False, real),
    "class 3 gone": Defect(True, without(3)),
    "classes 0, 1, 2, 5 gone": Defect(True, without(0, 1, 2, 5)),
    "each class 0.3 times as wide": Defect(True, narrowed(0.3)),
    "50 samples": Defect(True, repeated(50)),
    "noise 0.2": Defect(False, noisy(0.2)),
}
CURVES = {  # of the figure, from the faintest to the grossest
    "real samples": Defect(False, real),
    "one class at 20 %": Defect(True, rare(5, 0.2)),
    "1 class of 10 gone": Defect(True, without(5)),
    "3 of 10 gone": Defect(True, without(0, 4, 7)),
    "half as wide": Defect(True, narrowed(0.5)),
    "100 samples": Defect(True, repeated(100)),
    "20 % specks": Defect(False, specked(0.2)),
    "blur 1.3": Defect(False, blurred(1.3)),
}

"""Distances of two laws and measures of variety, from float64 points (n, d).

The first two have a permutation null; Fréchet, RKE and Vendi only describe.
"""

import numpy as np
import torch
from torch import Generator, Tensor

from mcgan.judging.null import Tested, exchanges
from mcgan.verdict.distances import between

DIRECTIONS = 250
ROWS = 3000  # of each side in the test of MMD: bounds the time
SORTED = 1000  # of each side in that of slices
CHUNK = 256  # rows of a kernel matrix at a time
FEW = 300  # rows for the median distance and for Vendi's eigenvalues
SOME = 1000  # rows for RKE, which hardly changes beyond


def scale(points: Tensor) -> float:
    """The median distance of two points (n, d), over the first 300: the width of a kernel."""
    few = points[:FEW]
    apart = torch.pdist(few)
    median = apart.median().item() if len(few) > 1 else 0.0
    return median or apart.mean().item() or 1.0


def kernel(x: Tensor, y: Tensor, width: float) -> Tensor:
    """The Gaussian kernel of each pair, exp(-‖x - y‖² / 2 width²): (n, m)."""
    return between(x, y).square_().mul_(-0.5 / width**2).exp_()


def compare_mmd(fakes: Tensor, real: Tensor, width: float, generator: Generator) -> Tested:
    """Squared MMD, unbiased, of a Gaussian kernel (Gretton et al. 2012, equation 3)."""
    n, m = len(fakes), len(real)
    pool = torch.cat([fakes, real])
    chosen = (exchanges(n, m, generator).argsort(1).T < n).float()  # (rows, 1 + P): a fake
    inner, mixed = torch.zeros(2, chosen.shape[1]).double()
    total = 0.0
    for part, flag in zip(pool.split(CHUNK), chosen.split(CHUNK), strict=True):
        near = kernel(part, pool, width).float()
        sums = near @ chosen
        inner = inner + (flag * sums).double().sum(0)
        mixed = mixed + ((1 - flag) * sums).double().sum(0)
        total += near.double().sum().item()
    other = total - inner - 2 * mixed
    value = (inner - n) / (n * (n - 1)) + (other - m) / (m * (m - 1)) - 2 * mixed / (n * m)
    return Tested(value[0].item(), value[1:])


def mmd(x: Tensor, y: Tensor, width: float) -> float:
    """The value of `compare_mmd` alone."""
    n, m = len(x), len(y)
    inner, other, mixed = (
        sum(float(kernel(part, b, width).sum()) for part in a.split(CHUNK))
        for a, b in ((x, x), (y, y), (x, y))
    )
    return (inner - n) / (n * (n - 1)) + (other - m) / (m * (m - 1)) - 2 * mixed / (n * m)


def compare_sliced(fakes: Tensor, real: Tensor, generator: Generator) -> Tested:
    """Sliced Wasserstein-2 distance, sqrt(mean over random directions of W2²), as MIND has it.

    Both sides must have equally many rows (2605.06797 takes 1,000 directions; these are 250).
    """
    places = project(torch.cat([fakes, real]), generator)
    orders = exchanges(len(fakes), len(real), generator).numpy()
    values = [slices_apart(places[:, order], len(fakes)) for order in orders]
    return Tested(values[0], torch.tensor(values[1:], dtype=torch.float64))


def sliced(fakes: Tensor, real: Tensor, generator: Generator) -> float:
    """The value of `compare_sliced` alone."""
    return slices_apart(project(torch.cat([fakes, real]), generator), len(fakes))


def project(points: Tensor, generator: Generator) -> np.ndarray:
    """Places of points (n, d) along random directions, (250, n)."""
    directions = torch.randn(DIRECTIONS, points.shape[1], generator=generator).to(points)
    directions /= directions.norm(dim=1, keepdim=True)
    return (directions @ points.T).numpy()  # in float64: samples may lie far from the data


def slices_apart(places: np.ndarray, n: int) -> float:
    """The distance of the first n columns (directions, 2n) to the others, as `compare_sliced`."""
    ours, theirs = np.sort(places[:, :n], 1), np.sort(places[:, n:], 1)  # numpy's sort is faster
    return float(np.sqrt(np.square(ours - theirs).mean()))


def frechet(x: Tensor, y: Tensor) -> float:
    """Squared Fréchet distance of the normal laws with the means and covariances of x and y.

    As FID has it (Heusel et al. 2017, equation 6), in whatever space the points lie.
    """
    root = root_of(torch.cov(x.T).reshape(x.shape[1], -1))
    other = torch.cov(y.T).reshape(x.shape[1], -1)
    mixed = torch.linalg.eigvalsh(root @ other @ root).clamp(min=0).sqrt().sum()
    means = (x.mean(0) - y.mean(0)).square().sum()
    distance: Tensor = means + root.square().sum() + other.trace() - 2 * mixed
    return distance.item()


def root_of(matrix: Tensor) -> Tensor:
    """The symmetric root of a covariance (d, d)."""
    values, vectors = torch.linalg.eigh(matrix)
    root: Tensor = vectors * values.clamp(min=0).sqrt() @ vectors.T
    return root


def renyi(points: Tensor, width: float) -> float:
    """RKE: 1 / mean of k², an effective number of modes of order 2 (Jalali et al. 2023).

    It is of the first 1,000 rows.
    """
    few = points[:SOME]
    return len(few) ** 2 / float(kernel(few, few, width).square_().sum())


def vendi(points: Tensor, width: float) -> float:
    """exp(entropy of the kernel matrix's eigenvalues) of the first 300 rows (Friedman & Dieng)."""
    few = points[:FEW]
    shares = torch.linalg.eigvalsh(kernel(few, few, width) / len(few)).clamp(min=0)
    entropy: Tensor = torch.special.entr(shares).sum()
    return entropy.exp().item()

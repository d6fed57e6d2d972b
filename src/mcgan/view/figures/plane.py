"""The plane in which vector data are drawn, and the target in it: the same for every run."""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from matplotlib.ticker import MaxNLocator
from scipy.ndimage import gaussian_filter
from torch import Generator, Tensor

from mcgan.dataset.base import ModalDataset

REAL, BINS = 20_000, 180  # real samples behind the density, and its cells


class Plane(NamedTuple):
    """Projects samples to two coordinates in data units."""

    project: Callable[[Tensor], np.ndarray]  # (n, *S) -> (n, 2)
    labels: tuple[str, str]
    low: np.ndarray  # (2,): the frame's corner
    high: np.ndarray
    density: np.ndarray  # (BINS, BINS), 0 to 1
    centres: np.ndarray  # (K, 2): where each mode lies

    def unit(self, points: np.ndarray) -> np.ndarray:
        """Data units to the frame's 0..1."""
        unit: np.ndarray = (points - self.low) / (self.high - self.low)
        return unit

    def ticks(self, axis: str) -> tuple[np.ndarray, list[str]]:
        """Round values of an axis inside the picture: their places 0..1, and their labels."""
        low, high = self.low["xy".index(axis)], self.high["xy".index(axis)]
        values = MaxNLocator(4, steps=[1, 2, 5, 10]).tick_values(low, high)
        inside = values[(values > low) & (values < high)]
        return (inside - low) / (high - low), [f"{value:.3g}".replace("-", "−") for value in inside]


@lru_cache(maxsize=1)
def plane_of(dataset: ModalDataset) -> Plane:
    """Real samples of a fixed seed choose the axes, the frame and the density."""
    real = dataset.draw(REAL, Generator().manual_seed(0))
    project, labels = projection(real, dataset.scale)
    points = project(real)
    low, high = frame(points)
    edges = [np.linspace(low[axis], high[axis], BINS + 1) for axis in (0, 1)]
    cells = np.histogram2d(points[:, 0], points[:, 1], bins=edges)[0]
    density = np.sqrt(gaussian_filter(cells, 1.2))  # the root keeps faint modes visible
    centres = means(points, dataset.recognise(real).mode.numpy(), dataset.num_modes)
    return Plane(project, labels, low, high, density / density.max(), centres)


def frame(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A quarter of the data's extent is free on every side: samples go astray."""
    low, high = np.quantile(points, (0.001, 0.999), axis=0)
    margin = 0.25 * (high - low)
    return low - margin, high + margin


def means(points: np.ndarray, mode: np.ndarray, num_modes: int) -> np.ndarray:
    """Mean (K, 2) of the points of each mode; far outside the frame for a mode without any."""
    count = np.bincount(mode, minlength=num_modes)[:, None]
    sums = np.stack([np.bincount(mode, points[:, a], num_modes) for a in (0, 1)], axis=1)
    return np.where(count > 0, sums / np.maximum(count, 1), np.inf)


def projection(
    real: Tensor, scale: float
) -> tuple[Callable[[Tensor], np.ndarray], tuple[str, str]]:
    """The plane itself for 2-D data; one axis spread out for 1-D; else two principal axes."""
    dims = real[0].numel()
    if dims == 2:
        return lambda x: (x.double() * scale).numpy(), ("x₁", "x₂")
    if dims == 1:
        return lambda x: measure_spread(x.flatten().double() * scale), ("x", "order of drawing")
    flat = real.flatten(1).double()
    centre = flat.mean(0)
    axes = torch.linalg.svd((flat - centre)[:5_000], full_matrices=False).Vh[:2]
    names = (f"1st principal axis of the data ({dims}-D)", "2nd principal axis")
    return lambda x: ((x.flatten(1).double() - centre) @ axes.T * scale).numpy(), names


def measure_spread(x: Tensor) -> np.ndarray:
    """Points to draw of data with one dimension: each at its value, spread evenly in height."""
    return np.stack([x.numpy(), np.linspace(0, 1, len(x))], axis=1)

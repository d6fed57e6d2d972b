"""Samples and real data in a plane: the plane of 2-D vectors, else two principal components."""

from typing import NamedTuple

import numpy as np

from mcgan.judging.components import leading
from mcgan.judging.pairs import Pair
from mcgan.judging.samples import Array

POINTS = 3000  # of each side that are drawn
FITTED = 5000  # real rows that axes are found from


class Embedding(NamedTuple):
    """Places (n, 2) of samples and (m, 2) of real rows, what the axes are, and the frame."""

    fakes: Array
    real: Array
    lost: Array  # (m,) bool: real rows of missing groups
    labels: tuple[str, str]
    low: Array  # (2,)
    high: Array


def embed(pair: Pair, missing: list[int]) -> Embedding:
    """At most 3,000 places of each side; ``missing`` are the numbers of lost real rows."""
    fakes, real, labels = places(pair)
    lost = np.zeros(len(real), dtype=bool)
    lost[missing] = True
    low, high = np.quantile(real, (0.001, 0.999), axis=0)
    margin = 0.15 * (high - low) + 1e-9
    low, high = low - margin, high + margin
    inside = np.minimum(np.maximum(fakes[:POINTS], low), high)  # what strays lies on the frame
    return Embedding(inside, real[:POINTS], lost[:POINTS], labels, low, high)


def places(pair: Pair) -> tuple[Array, Array, tuple[str, str]]:
    """Two coordinates of each row of both sides."""
    fakes, real = pair.fake_samples, pair.real_samples
    if real.kind == "vectors" and real.rows.shape[1] == 2:
        first, second = real.columns or ("x₁", "x₂")
        return fakes.rows, real.rows, (first, second)
    mean = pair.real.mean(0)
    axes = leading((pair.real[:FITTED] - mean).astype(np.float64), 2)[1]
    if axes.shape[1] == 1:
        axes = np.hstack([axes, np.zeros_like(axes)])
    names = ("1st principal component of the features", "2nd principal component")
    return (pair.fakes - mean) @ axes, (pair.real - mean) @ axes, names

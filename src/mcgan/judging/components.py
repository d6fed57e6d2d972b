"""Laws that are fitted to the real side alone: standard scores and principal components."""

from dataclasses import dataclass, field

import numpy as np
from scipy.linalg import eigh

from mcgan.judging.samples import Array

COMPONENTS = 64
FEWEST = 8
ROWS = 20  # for each component: fitted on fewer, it holds real rows better than any other sample
FAR = 1e30  # standard deviations, beyond which 32 bits have no number
FITTED_ON = 5000  # rows at most: the components of more are the same


@dataclass
class AsTheyAre:
    """Features of a net that is known: distances in them mean something as they are."""

    def fit(self, real: Array) -> None:
        """Nothing is learnt."""

    def apply(self, rows: Array) -> Array:
        """The rows as vectors: (n, views, d) -> (n, views · d) float32."""
        return flat(rows)


@dataclass
class StandardScores:
    """Each number less the real side's mean, over its standard deviation (1 where that is 0)."""

    mean: Array = field(init=False)
    std: Array = field(init=False)

    def fit(self, real: Array) -> None:
        """Takes the mean and standard deviation of each number over the real rows."""
        numbers = real.reshape(len(real), -1).astype(np.float64)
        self.mean, std = numbers.mean(0), numbers.std(0)
        self.std = np.where(std > 1e-9 * np.abs(self.mean), std, 1.0)

    def apply(self, rows: Array) -> Array:
        """The rows in standard deviations of the real ones, bounded: (n, ...) -> (n, d) float32."""
        numbers = rows.reshape(len(rows), -1).astype(np.float64)
        scores = (numbers - self.mean) / self.std
        return np.minimum(np.maximum(scores, -FAR), FAR).astype(np.float32)


@dataclass
class PrincipalComponents:
    """The first principal components of the real side; all views of a sample share them.

    Their unit is the root mean square of the first component over the real side. So features are of
    the same size whatever the unit of the numbers.
    """

    mean: Array = field(init=False)
    axes: Array = field(init=False)  # (numbers, components)

    def fit(self, real: Array) -> None:
        """Finds the leading components of the first real rows (n, ..., d)."""
        rows = real[:FITTED_ON].reshape(-1, real.shape[-1]).astype(np.float64)
        self.mean = rows.mean(0)
        number = min(COMPONENTS, max(FEWEST, len(rows) // ROWS))
        variance, axes = leading(rows - self.mean, number)
        self.axes = axes / np.sqrt(variance[0] or 1.0)

    def apply(self, rows: Array) -> Array:
        """float32 (n, views · components) of (n, views, numbers)."""
        return flat((rows - self.mean.astype(rows.dtype)) @ self.axes.astype(np.float32))


def leading(rows: Array, most: int) -> tuple[Array, Array]:
    """Variances (k,) and axes (numbers, k) of the leading principal components of centred rows.

    The smaller of the two products of the rows is decomposed. The largest entry of each axis is
    positive. Rows that are all alike have one component without variance.
    """
    wide = rows.shape[1] > len(rows)
    product = (rows @ rows.T if wide else rows.T @ rows) / len(rows)
    size = len(product)
    variance, vectors = eigh(product, subset_by_index=[max(size - most, 0), size - 1])
    there = variance > 1e-10 * variance[-1]
    if not there.any():
        return np.zeros(1), np.eye(rows.shape[1], 1)
    axes = (rows.T @ vectors if wide else vectors)[:, there][:, ::-1]
    axes /= np.linalg.norm(axes, axis=0)
    peaks = np.take_along_axis(axes, np.abs(axes).argmax(0)[None], 0)
    return variance[there][::-1], axes * np.sign(peaks)


def flat(rows: Array) -> Array:
    """Rows as vectors in one piece of memory: (n, ...) -> (n, d) float32."""
    return np.ascontiguousarray(rows.reshape(len(rows), -1), dtype=np.float32)

"""Groups that only look missing, because all samples are altered alike, such as by blur.

Blur or a change of contrast moves every sample by about one linear map. Then groups at the edge of
the data are empty, though no kind of sample was left out.
"""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from mcgan.blocks.clustering import find_nearest
from mcgan.judging.groups import Counted, find_missing, tally
from mcgan.judging.inputs import Sets
from mcgan.judging.measures import Measured
from mcgan.judging.neighbours import look_across, look_around
from mcgan.judging.null import ROWS as COMPARED

FILLED = 0.5  # of its share, above which a group has samples enough to be reached by them
REACHED = 0.3  # of the usual recall there, below which all samples are altered
ROWS = 10  # real rows for each direction, or finer ones are those of chance
FLAT = 1e-6  # of the largest variance, below which a direction has none


def are_altered(
    sets: Sets,
    counted: Counted,
    missing: np.ndarray,
    measures: Mapping[str, Measured],
    level: float,
) -> bool:
    """Whether the missing groups (K,) bool are all there once an alteration of all is undone.

    It is asked only of samples that lie more surely among the real ones than real ones do, as
    smoothed ones do: others may be poor and lack a class. Groups of labels are told by the labels.
    """
    precision, recall = measures["precision"], measures["recall"]
    smooth = precision.seen and precision.value > precision.null_mean
    if not (smooth and missing.any()) or sets.labels is not None:
        return False
    if reach(sets, counted) > REACHED * recall.null_mean:
        return False
    return not (missing & find_missing(count_undone(sets, counted), level)).any()


def reach(sets: Sets, counted: Counted) -> float:
    """Share of the real rows within a ball of a sample (k = 3), in groups that samples fill.

    Where a class is gone the other classes are reached as ever; altered samples reach none.
    """
    k = min(len(sets.fakes), len(sets.real), COMPARED)
    filled = counted.fakes / counted.n >= FILLED * counted.real / len(counted.of_real)
    held = look_across(look_around(sets.fakes[:k]), look_around(sets.real[:k])).held
    return held[torch.from_numpy(filled)[counted.of_real[:k]]].double().mean().item()


def count_undone(sets: Sets, counted: Counted) -> Counted:
    """The counts, samples brought to the mean and covariance of the real rows before."""
    fakes, real = find_main(sets.fakes, sets.real)
    groups = counted.of_real.unique()
    centres = torch.stack([real[counted.of_real == group].mean(0) for group in groups])
    nearest = groups[find_nearest(bring(fakes, real), centres)]
    return counted._replace(fakes=tally(nearest, len(counted.names)))


def find_main(fakes: Tensor, real: Tensor) -> tuple[Tensor, Tensor]:
    """Both (n, q) and (m, q) along the main directions of the real rows, as many as can be told."""
    number = max(1, min(real.shape[1], min(len(fakes), len(real)) // ROWS))
    axes = torch.linalg.eigh(torch.cov(real.T).reshape(real.shape[1], -1)).eigenvectors
    return fakes @ axes[:, -number:], real @ axes[:, -number:]


def bring(fakes: Tensor, real: Tensor) -> Tensor:
    """Fakes (n, q) by the linear map that moves normal laws least (Olkin & Pukelsheim 1982)."""
    ours, theirs = (torch.cov(side.T).reshape(side.shape[1], -1) for side in (fakes, real))
    half, inverse = power(ours, 0.5), power(ours, -0.5)
    shape = inverse @ power(half @ theirs @ half, 0.5) @ inverse
    return (fakes - fakes.mean(0)) @ shape + real.mean(0)


def power(covariance: Tensor, exponent: float) -> Tensor:
    """A power of a covariance (q, q), symmetric."""
    values, axes = torch.linalg.eigh(covariance)
    found: Tensor = (axes * values.clamp(min=FLAT * values.max()) ** exponent) @ axes.T
    return found

"""Samples over the density they should have."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from torch import Tensor

from mcgan.dataset.base import ModalDataset
from mcgan.view.figures.mosaic import Mosaic
from mcgan.view.figures.plane import Plane, plane_of
from mcgan.view.figures.style import BLUE, INK, VERMILLION

SHOWN = 2_000  # points in a panel
MARKED = 200  # modes up to which missed ones are circled
PAPER = LinearSegmentedColormap.from_list("density", ["#FFFFFF", "#D3D7DB", "#6F7780"])


def samples_over_density(
    samples: Tensor,
    dataset: ModalDataset,
    counts: Tensor | None,
    title: str = "",
    names: Sequence[str] = (),
    caption: str = "",
) -> Figure:
    """One panel per replica: samples (R, n, *S) in net units, drawn in data units.

    `counts` (R, K): high-quality samples per mode, to circle the missed ones; None: modes are not
    judged. `names` head the panels; `caption` says what a perfect sampler scores.
    """
    plane, mosaic = plane_of(dataset), Mosaic(len(samples))
    for index in range(mosaic.count):
        mosaic.image(index, plane.density.T[::-1], cmap=PAPER, interpolation="nearest")
        mosaic.panel(index, names[index] if index < len(names) else "")
    scatter(mosaic, plane, samples, dataset)
    legend = marks()
    if counts is not None and dataset.num_modes <= MARKED:
        legend += circle_missed(mosaic, plane, counts)
    for axis, name in zip("xy", plane.labels, strict=True):
        places, labels = plane.ticks(axis)
        mosaic.ticks(axis, places, labels, name)
    mosaic.finish(title, caption, legend)
    return mosaic.figure


def scatter(mosaic: Mosaic, plane: Plane, samples: Tensor, dataset: ModalDataset) -> None:
    """Draws the samples of every replica in its picture, those of high quality in blue."""
    places, good = [], []
    for index in range(mosaic.count):
        x = samples[index][:SHOWN]
        unit = plane.unit(plane.project(x))
        inside = ((unit >= 0) & (unit <= 1)).all(1)
        places.append(unit[inside] + mosaic.corner(index))
        good.append(dataset.recognise(x).good.numpy()[inside])
    points, fine = np.concatenate(places), np.concatenate(good)
    size = 3.2 if mosaic.columns == 1 else 2.4
    for shown, colour in ((~fine, VERMILLION), (fine, BLUE)):
        mosaic.axes.plot(*points[shown].T, ".", color=colour, markersize=size, alpha=0.6, mew=0)


def circle_missed(mosaic: Mosaic, plane: Plane, counts: Tensor) -> list[Line2D]:
    """Rings round modes without a high-quality sample. Returns their legend entry."""
    centres = plane.unit(plane.centres)
    missed = [centres[counts[i].numpy() == 0] + mosaic.corner(i) for i in range(mosaic.count)]
    size = 11 if mosaic.columns == 1 else 8
    ring = partial(Line2D, linestyle="none", marker="o", mfc="none", mec=INK, mew=1.2)
    mosaic.axes.plot(*np.concatenate(missed).T, "o", mfc="none", mec=INK, mew=1.2, markersize=size)
    return [ring([], [], markersize=7, label="missed mode")]


def marks() -> list[Line2D]:
    """What the colours of samples mean, and the target's."""
    dot = partial(Line2D, [], [], linestyle="none", marker="o", markersize=5, mew=0)
    return [dot(color=BLUE, label="high quality"), dot(color=VERMILLION, label="other"),
            dot(color=PAPER(0.6), label="target")]  # fmt: skip

"""Modes that are triples, from three sides: what is missed is often a whole row or column."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from torch import Tensor

from mcgan.view.figures.modemap import MAP
from mcgan.view.figures.style import INK, headline, new_figure, place

DARKEST = 2.0  # times the true share


def cube_faces(
    counts: Tensor, weights: Tensor, n: int, factors: Sequence[str], title: str = ""
) -> Figure:
    """The cube of modes summed along each side: shares over the true ones, mean over replicas.

    Counts (R, K) of high-quality samples, of n per replica; `weights` (K,), their true shares;
    K = s³ for three `factors` of s values, the slowest first.
    """
    size = round(len(weights) ** (1 / 3))
    cube, due = (
        x.double().numpy().reshape(size, size, size)
        for x in (counts.sum(0) / (n * len(counts)), weights)
    )
    figure = new_figure(11.0, 4.9)
    for index, summed in enumerate((2, 1, 0)):
        row, column = (name for axis, name in enumerate(factors) if axis != summed)
        ratio = cube.sum(summed) / due.sum(summed)
        face(figure, 0.6 + 3.45 * index, ratio, row, column)
    noise = 1.96 / np.sqrt(n * len(counts) * due.sum(0).mean())
    headline(figure, title, f"A perfect sampler's cells, 95 %: {1 - noise:.2f} … {1 + noise:.2f}")
    return figure


def face(figure: Figure, left: float, ratio: np.ndarray, row: str, column: str) -> None:
    """Draws the cube from one side, two digits as the axes; the first has the scale below."""
    axes = place(figure, left, 1.45, 2.9, 2.9)
    image = axes.imshow(ratio, cmap=MAP, vmin=0, vmax=DARKEST)
    axes.set(xticks=range(len(ratio)), yticks=range(len(ratio)))
    axes.set_xlabel(column, fontsize=9, color=INK)
    axes.set_ylabel(row, fontsize=9, color=INK)
    if left > 1:
        return
    bar = figure.colorbar(image, cax=place(figure, left, 0.85, 9.8, 0.1), orientation="horizontal",
                          extend="max")  # fmt: skip
    bar.ax.tick_params(labelsize=8)
    bar.set_label("share of high-quality samples over that of real data", fontsize=8)

"""A thousand modes at a glance: a cell each."""

import math

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from mcgan.view.figures.style import BLUE, INK, SKY, VERMILLION, place

MAP = LinearSegmentedColormap.from_list("share", ["#F2F5F7", SKY, BLUE, "#00263F"])


def mode_map(figure: Figure, ratio: np.ndarray, name: str) -> None:
    """Each mode's share over its true one (K,), row by row; missed modes stand out."""
    columns = 40 if len(ratio) == 1000 else math.ceil(math.sqrt(1.6 * len(ratio)))
    cells = np.full(math.ceil(len(ratio) / columns) * columns, np.nan)
    cells[: len(ratio)] = np.where(ratio > 0, ratio, -1)
    colours = MAP.with_extremes(under=VERMILLION, bad="white")
    axes = place(figure, 0.3, 1.35, 5.0, 3.2)
    image = axes.imshow(cells.reshape(-1, columns), cmap=colours, vmin=0, vmax=3, aspect="auto")
    axes.set(xticks=[], yticks=[])
    missed = f"{int((ratio == 0).sum()):,} of {len(ratio):,} modes missed"
    axes.set_title(" · ".join(filter(None, (name, missed))), fontsize=9, color=INK)
    bar = figure.colorbar(image, cax=place(figure, 0.3, 1.15, 5.0, 0.1), orientation="horizontal",
                          extend="both")  # fmt: skip
    bar.ax.tick_params(labelsize=8)
    bar.set_label("share of the mode over its true share (vermillion: missed)", fontsize=8)

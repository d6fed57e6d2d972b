"""Small multiples in one pair of axes: sixteen real ones take matplotlib seconds to draw."""

import math
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

import numpy as np
from matplotlib.patches import Rectangle

from mcgan.view.figures.style import FAINT, INK, headline, new_figure, place

MOST = 16  # panels in one picture
LEFT = 0.65  # inches beside the panels, for tick labels of a few letters
GAP, HEAD = 0.07, 0.13  # between panels; above them, for a line of text


class Mosaic:
    """`count` unit squares, in rows; panel i covers [x, x + 1] × [y, y + 1] for x, y = corner(i).

    `below`: inches for tick labels, legend and caption; `left`: for tick labels.
    """

    def __init__(self, count: int, below: float = 1.0, left: float = LEFT) -> None:
        self.count, self.total = min(count, MOST), count
        self.columns = math.ceil(math.sqrt(self.count))
        self.rows = math.ceil(self.count / self.columns)
        self.head = HEAD * (1 if self.columns > 1 else 0.5)
        size = {1: 5.4, 2: 3.6, 3: 2.8}.get(self.columns, 2.5)
        wide = self.columns * (1 + GAP) - GAP
        high = self.rows * (1 + self.head)
        self.figure = new_figure(left + wide * size + 0.2, high * size + below + 0.35)
        self.axes = place(self.figure, left, below, wide * size, high * size)
        self.axes.spines[["left", "bottom"]].set_visible(False)
        self.axes.set(xlim=(0, wide), ylim=(0, high), xticks=[], yticks=[])

    def corner(self, index: int) -> tuple[float, float]:
        """Where the picture of a replica begins, in units of a picture's side."""
        row, column = divmod(index, self.columns)
        return column * (1 + GAP), (self.rows - 1 - row) * (1 + self.head)

    def panel(self, index: int, text: str) -> None:
        """A frame with a line of text above it."""
        x, y = self.corner(index)
        frame = Rectangle((x, y), 1, 1, fill=False, edgecolor=FAINT, linewidth=0.8, clip_on=False)
        self.axes.add_patch(frame)
        size = {1: 9, 2: 8}.get(self.columns, 7)
        self.axes.text(x + 0.5, y + 1.02, text, fontsize=size, color=INK, ha="center", va="bottom")

    def image(self, index: int, pixels: np.ndarray, cmap: Any, interpolation: str) -> None:
        """Fills a panel with an image of values 0 to 1, its first row on top."""
        x, y = self.corner(index)
        self.axes.imshow(pixels, cmap=cmap, vmin=0, vmax=1, interpolation=interpolation,
                         extent=(x, x + 1, y, y + 1), aspect="auto")  # fmt: skip

    def ticks(self, axis: str, at: Iterable[float], labels: Sequence[str], name: str) -> None:
        """Ticks at places `at` (0 to 1) beside the first column or below the last row."""
        last = range((self.rows - 1) * self.columns, self.count)
        edge = range(0, self.count, self.columns) if axis == "y" else last
        corners = {self.corner(index)[axis == "y"] for index in edge}
        places = [corner + tick for corner, tick in product(sorted(corners), at)]
        texts = [*labels] * len(corners)
        self.axes.set(**{f"{axis}ticks": places, f"{axis}ticklabels": texts, f"{axis}label": name})

    def finish(self, title: str, caption: str, legend: Sequence[Any] = ()) -> None:
        """Adds title, caption and legend; the caption counts replicas that are not shown."""
        hidden = self.total - self.count
        more = f"  ·  {hidden} more replicas not shown" if hidden else ""
        headline(self.figure, title, caption + more, legend)

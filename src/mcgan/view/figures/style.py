"""One look for all pictures: legible at 100 dpi, safe for colour-blind readers."""

import io
import logging
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

# Okabe & Ito, "Color Universal Design" (2008)
BLUE, ORANGE, VERMILLION, SKY = "#0072B2", "#E69F00", "#D55E00", "#56B4E9"
INK, FAINT = "#222222", "#8A8A8A"
DPI = 100

logging.getLogger("matplotlib.font_manager").setLevel(logging.WARNING)  # it tells of its cache


class NotebookFigure(Figure):
    """A figure that a notebook shows by itself, also where pyplot was never imported."""

    def _repr_png_(self) -> bytes:
        return png(self)


def new_figure(width: float, height: float) -> Figure:
    """A figure of that many inches which belongs to nobody: pyplot would keep it alive."""
    figure = NotebookFigure(figsize=(width, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def place(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Axes at a place in inches: matplotlib's own layouts draw everything twice."""
    wide, high = figure.get_size_inches()
    axes = figure.add_axes((left / wide, bottom / high, width / wide, height / high))
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8, color=FAINT, labelcolor=INK, length=3)
    return axes


def headline(figure: Figure, title: str, caption: str, legend: Any = ()) -> None:
    """Title above; caption and legend (handles) below: they take 0.4 and 0.55 inches."""
    high, (title, caption) = figure.get_figheight(), map(plain, (title, caption))
    figure.text(0.5, 1 - 0.2 / high, title, fontsize=11, color=INK, ha="center", va="center")
    figure.text(0.5, 0.12 / high, caption, fontsize=8, color=INK, ha="center", va="center")
    if legend:
        figure.legend(
            handles=legend, fontsize=8, frameon=False, ncols=len(legend), loc="center",
            bbox_to_anchor=(0.5, 0.36 / high), handletextpad=0.4, columnspacing=1.4,
        )  # fmt: skip


def plain(text: str) -> str:
    """The text without a formula in it: matplotlib reads what stands between two dollar signs."""
    return text.replace("$", r"\$")


def png(figure: Figure, scale: int = 1) -> bytes:
    """At 100 dots an inch, times `scale`; larger ones are packed with more care.

    Pictures are opaque. Without matplotlib's fourth channel they are packed twice as fast at the
    size that they have with it.
    """
    dpi, data, level = scale * DPI, io.BytesIO(), 2 if scale == 1 else 3
    image = Image.fromarray(pixels(figure, dpi)).convert("RGB")
    image.save(data, format="png", dpi=(dpi, dpi), compress_level=level)
    return data.getvalue()


def pixels(figure: Figure, dpi: int) -> np.ndarray:
    """The picture (high, wide, 4) at these dots an inch; the figure keeps its own."""
    own, canvas = figure.dpi, figure.canvas
    if not isinstance(canvas, FigureCanvasAgg):  # of a figure that was not made by `new_figure`
        canvas = FigureCanvasAgg(figure)
    figure.dpi = dpi
    try:
        canvas.draw()  # type: ignore[no-untyped-call]
        return np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    finally:
        figure.dpi = own


def svg(figure: Figure) -> bytes:
    """Sharp at any size, its letters drawn, so that it needs no fonts; equal for equal figures."""
    data = io.BytesIO()
    with rc_context({"svg.hashsalt": "mcgan", "svg.fonttype": "path"}):
        figure.savefig(data, format="svg", metadata={"Date": None})
    return data.getvalue()

"""The pictures of a report: all groups in one frame, a colour and a shape each."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mcgan.compare.comparison import Section
from mcgan.compare.statistics import Row
from mcgan.metrics.interval import bounded_interval
from mcgan.view.figures.style import (
    BLUE,
    FAINT,
    INK,
    ORANGE,
    SKY,
    VERMILLION,
    headline,
    new_figure,
    place,
    plain,
)

# Okabe & Ito (2008) without its yellow, which is too pale for lines on white
COLOURS = (BLUE, VERMILLION, "#009E73", ORANGE, "#CC79A7", SKY, INK)
SHAPES = ("o", "s", "^", "D", "v", "P", "X")
LIMIT = len(COLOURS)  # groups in a picture: with more nobody can tell them apart
ENTRY = 0.2  # inches of a line of the legend


def quality_and_modes(section: Section) -> Figure:
    """Quality against effective modes: seeds as dots, means with 95 % intervals, ceilings."""
    rows = choose_rows(section)
    labels = [row.group.label for row in rows]
    figure, axes = frame(labels, "Quality and coverage", section.table.title)
    for style, row in zip(styles(), rows, strict=False):
        cloud(axes, row, *style)
    ceiling(axes, section.table.perfect)
    axes.set_xlabel("effective modes, exp(entropy of the shares)", fontsize=9)
    axes.set_ylabel("high-quality samples (%)", fontsize=9)
    axes.set(xlim=(0, None), ylim=(-2, 102))
    return figure


def choose_rows(section: Section) -> list[Row]:
    """The first groups, and the baseline in any case."""
    first, rest = section.rows[:LIMIT], section.rows[LIMIT:]
    base = [row for row in rest if row.group is section.baseline]
    return [*first[: LIMIT - len(base)], *base]


def cloud(axes: Axes, row: Row, colour: str, shape: str) -> None:
    """Draws one group: its seeds small, their mean large with 95 % intervals along both axes."""
    scores = row.group.values("effective_modes"), percent(row.group.values("quality"))
    pairs = [(a, b) for a, b in zip(*scores, strict=True) if a is not None and b is not None]
    if not pairs:
        return
    points = np.array(pairs)
    axes.plot(*points.T, shape, color=colour, markersize=4, alpha=0.4, mew=0)
    x, y = points.mean(0)
    axes.errorbar(x, y, xerr=errors(points[:, 0]), yerr=errors(points[:, 1]), fmt=shape,
                  color=colour, markersize=9, mec=INK, mew=0.8, elinewidth=1.2,
                  capsize=2)  # fmt: skip


def errors(values: np.ndarray) -> list[list[float]] | None:
    """What a mean's interval reaches below and above it; None where there is none."""
    mean, low, high = bounded_interval(values.tolist())
    if mean is None or low is None or high is None:
        return None
    return [[mean - low], [high - mean]]


def percent(values: Sequence[float | None]) -> list[float | None]:
    """Shares 0..1 as percent; what is not known stays None."""
    return [None if value is None else 100 * value for value in values]


def ceiling(axes: Axes, perfect: dict[str, float | None]) -> None:
    """Draws the lines that a perfect sampler reaches, as far as they are known."""
    modes, quality = perfect.get("effective_modes"), perfect.get("quality")
    if quality is not None:
        axes.axhline(100 * quality, color=FAINT, linestyle="--", linewidth=1)
    if modes is not None:
        axes.axvline(modes, color=FAINT, linestyle="--", linewidth=1)


def frame(labels: Sequence[str], title: str, caption: str) -> tuple[Figure, Axes]:
    """Axes above a legend with a line for each label."""
    below = ENTRY * (len(labels) + 1)
    figure = new_figure(5.4, 4.4 + below)
    axes = place(figure, 0.65, 0.85 + below, 4.6, 3.1)
    axes.grid(color=FAINT, alpha=0.2)
    headline(figure, title, caption)
    entries = [Line2D([], [], color=colour, marker=shape, label=plain(shorten(label)))
               for (colour, shape), label in zip(styles(), labels, strict=False)]  # fmt: skip
    entries.append(Line2D([], [], color=FAINT, linestyle="--", label="perfect sampler"))
    figure.legend(handles=entries, fontsize=8, frameon=False, loc="lower center",
                  bbox_to_anchor=(0.5, 0.25 / figure.get_figheight()))  # fmt: skip
    return figure, axes


def styles() -> list[tuple[str, str]]:
    """A colour and a marker for each group that one frame can hold."""
    return list(zip(COLOURS, SHAPES, strict=True))


def shorten(label: str, length: int = 70) -> str:
    """A label of at most ``length`` letters, cut with an ellipsis."""
    return label if len(label) <= length else label[: length - 1] + "…"

"""The pictures of a report: all groups in one frame, a colour and a shape each."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mcgan.compare.comparison import Section
from mcgan.compare.grouping import Group
from mcgan.compare.statistics import Row
from mcgan.metrics.interval import bounded_interval
from mcgan.metrics.measures import measure
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
    figure, axes = frame(rows, "Quality and coverage", section.table.title)
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
    return [None if value is None else 100 * value for value in values]


def ceiling(axes: Axes, perfect: dict[str, float | None]) -> None:
    modes, quality = perfect.get("effective_modes"), perfect.get("quality")
    if quality is not None:
        axes.axhline(100 * quality, color=FAINT, linestyle="--", linewidth=1)
    if modes is not None:
        axes.axvline(modes, color=FAINT, linestyle="--", linewidth=1)


def coverage(section: Section) -> Figure | None:
    """Strict modes over steps: mean over seeds with its 95 % band; None without a course."""
    rows = [row for row in choose_rows(section) if row.watched]
    if not rows:
        return None
    figure, axes = frame(rows, "Coverage over training", section.table.title)
    for (colour, shape), row in zip(styles(), rows, strict=False):
        band(axes, row.group, colour, shape)
    full = section.table.perfect.get("modes_strict")
    if full is not None:
        axes.axhline(full, color=FAINT, linestyle="--", linewidth=1)
    axes.set_xlabel("step (generator updates)", fontsize=9)
    axes.set_ylabel(measure("modes_strict").label, fontsize=9)
    axes.set(xlim=(0, None), ylim=(0, None if full is None else 1.08 * full))
    return figure


def band(axes: Axes, group: Group, colour: str, shape: str) -> None:
    points = [(step, bounded_interval(values)) for step, values in curve(group)]
    steps = [step for step, _ in points]
    means = np.array([spread.mean for _, spread in points], dtype=float)
    ends = [(spread.mean if low is None else low, spread.mean if high is None else high)
            for _, spread in points for low, high in [spread[1:]]]  # fmt: skip
    low, high = np.array(ends, dtype=float).reshape(-1, 2).T
    axes.fill_between(steps, low, high, color=colour, alpha=0.15, linewidth=0)
    every = max(1, len(steps) // 8)
    axes.plot(steps, means, color=colour, linewidth=1.6, marker=shape, markersize=5,
              markevery=every)  # fmt: skip


def curve(group: Group) -> list[tuple[int, list[float]]]:
    """Strict modes of the living seeds at each step at which at least half were counted."""
    found: dict[int, list[float]] = {}
    for seed in group.seeds.values():
        for step, value in seed.curve:
            if value is not None:
                found.setdefault(step, []).append(value)
    watched = sum(bool(seed.curve) for seed in group.seeds.values())
    return [(step, values) for step, values in sorted(found.items()) if 2 * len(values) >= watched]


def frame(rows: Sequence[Row], title: str, caption: str) -> tuple[Figure, Axes]:
    """Axes above a legend with a line for each group."""
    below = ENTRY * (len(rows) + 1)
    figure = new_figure(6.8, 5.0 + below)
    axes = place(figure, 0.7, 0.85 + below, 5.9, 3.6)
    axes.grid(color=FAINT, alpha=0.2)
    headline(figure, title, caption)
    handles = [Line2D([], [], color=colour, marker=shape, label=plain(shorten(row.group.label)))
               for (colour, shape), row in zip(styles(), rows, strict=False)]  # fmt: skip
    handles.append(Line2D([], [], color=FAINT, linestyle="--", label="perfect sampler"))
    figure.legend(handles=handles, fontsize=8, frameon=False, loc="lower center",
                  bbox_to_anchor=(0.5, 0.25 / figure.get_figheight()))  # fmt: skip
    return figure, axes


def styles() -> list[tuple[str, str]]:
    return list(zip(COLOURS, SHAPES, strict=True))


def shorten(label: str, length: int = 90) -> str:
    return label if len(label) <= length else label[: length - 1] + "…"

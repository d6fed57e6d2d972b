"""Pictures of coverage over training: of the groups, and of each setting that varies."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mcgan.compare.comparison import Section
from mcgan.compare.curves import COUNTS
from mcgan.compare.figures import LIMIT, choose_rows, frame, shorten, styles
from mcgan.compare.grouping import Seed, Table
from mcgan.compare.varied import vary
from mcgan.metrics.interval import bounded_interval
from mcgan.metrics.measures import measure
from mcgan.view.figures.steps import ticks_at
from mcgan.view.figures.style import FAINT

PICTURES = 4  # settings that have a picture of their own

Curve = Sequence[tuple[int, Sequence[float]]]  # steps, and the values of seeds there


def coverage(section: Section) -> Figure | None:
    """Modes over steps: mean over seeds with its 95 % band; None without a course."""
    groups = [row.group for row in choose_rows(section) if row.watched]
    if not groups:
        return None
    seeds = {group.label: [*group.seeds.values()] for group in groups}
    return draw_courses(section.table, "Coverage over training", seeds)


def effects(section: Section) -> dict[str, Figure]:
    """Modes over steps by each setting that varies: seeds of all groups with a value, pooled.

    Nothing where a single setting varies, for `coverage` shows that.
    """
    varied = vary([row.group for row in section.rows if row.watched])
    return {
        name: draw_courses(
            section.table,
            f"Coverage over training by {shorten(name, 40)}",
            dict([*values.items()][:LIMIT]),
        )
        for name, values in [*varied.items()][:PICTURES]
    }


def draw_courses(table: Table, title: str, groups: Mapping[str, Sequence[Seed]]) -> Figure:
    """The count of modes that tells most, of each group of seeds, with what it may reach."""
    figure, axes = frame([*groups], title, table.title)
    key = choose_count([*groups.values()])
    for (colour, shape), seeds in zip(styles(), groups.values(), strict=False):
        band(axes, curve(seeds, key), colour, shape)
    full = table.perfect.get(key)
    if full is not None:
        axes.axhline(full, color=FAINT, linestyle="--", linewidth=1)
    watched = sorted({step for seeds in groups.values() for step, _ in curve(seeds, key)})
    axes.set_xticks(ticks_at(watched), [f"{step:,}" for step in ticks_at(watched)])
    axes.set_xlabel("step (generator updates)", fontsize=9)
    axes.set_ylabel(measure(key).label, fontsize=9)
    axes.set(xlim=(0, None), ylim=(0, None if full is None else 1.08 * full))
    return figure


def choose_count(groups: Sequence[Sequence[Seed]]) -> str:
    """The first count of modes whose courses are not the same for all; strict modes if none is."""
    for key in COUNTS:
        courses = [curve(seeds, key) for seeds in groups]
        if any(each != courses[0] for each in courses):
            return key
    return COUNTS[0]


def band(axes: Axes, points: Curve, colour: str, shape: str) -> None:
    """Draws a group's mean over seeds against steps, with its 95 % interval as a band."""
    spreads = [(step, bounded_interval(values)) for step, values in points]
    steps = [step for step, _ in spreads]
    means = np.array([spread.mean for _, spread in spreads], dtype=float)
    ends = [(spread.mean if low is None else low, spread.mean if high is None else high)
            for _, spread in spreads for low, high in [spread[1:]]]  # fmt: skip
    low, high = np.array(ends, dtype=float).reshape(-1, 2).T
    axes.fill_between(steps, low, high, color=colour, alpha=0.15, linewidth=0)
    every = max(1, len(steps) // 8)
    axes.plot(steps, means, color=colour, linewidth=1.6, marker=shape, markersize=5,
              markevery=every)  # fmt: skip


def curve(seeds: Sequence[Seed], key: str) -> Curve:
    """A count of the living seeds at each step at which at least half were counted."""
    found: dict[int, list[float]] = {}
    for seed in seeds:
        for step, value in seed.curves.get(key, []):
            if value is not None:
                found.setdefault(step, []).append(value)
    watched = sum(bool(seed.curves.get(key)) for seed in seeds)
    return [(step, values) for step, values in sorted(found.items()) if 2 * len(values) >= watched]

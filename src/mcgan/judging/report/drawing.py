"""Figures of a judgement: the groups' shares with their bands, and samples in a plane."""

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mcgan.judging.report.embedding import embed
from mcgan.judging.report.judged_pair import JudgedPair
from mcgan.view.figures.style import (
    BLUE,
    FAINT,
    INK,
    SKY,
    VERMILLION,
    new_figure,
    place,
    plain,
)

NAMED = 20  # groups that have room for their names
SHARES, PLANE = (5.2, 3.1), (4.6, 3.6)  # inches of the axes
LINE = 140  # letters of a verdict above the figure
NONE = "no groups: too few samples"


def draw(found: Sequence[JudgedPair]) -> Figure:
    """A row for each generator: shares of groups, and the plane."""
    row = PLANE[1] + 1.3
    figure = new_figure(12, row * len(found))
    for number, judged in enumerate(reversed(found)):
        bottom = row * number
        draw_shares(place(figure, 0.7, bottom + 0.75, *SHARES), judged)
        draw_plane(place(figure, 6.9, bottom + 0.6, *PLANE), judged)
        title = textwrap.shorten(f"{judged.name}: {judged.verdict}", LINE, placeholder=" …")
        figure.text(
            0.5,
            (bottom + row - 0.3) / (row * len(found)),
            plain(title),
            fontsize=10,
            color=INK,
            ha="center",
            va="center",
        )
    return figure


def shares(judged: JudgedPair) -> Figure:
    """The shares of the groups alone."""
    figure = new_figure(7, 3.9)
    draw_shares(place(figure, 0.7, 0.9, 6.1, 2.8), judged)
    return figure


def plane(judged: JudgedPair) -> Figure:
    """The plane alone."""
    figure = new_figure(6, 5)
    draw_plane(place(figure, 0.7, 0.6, 5.1, 4.0), judged)
    return figure


def draw_shares(axes: Axes, judged: JudgedPair) -> None:
    """Groups by their share of the real data, with where 95 % of real samples would lie."""
    groups = sorted(judged.groups, key=lambda group: -group.share)
    if not groups:
        axes.text(0.5, 0.5, NONE, ha="center", transform=axes.transAxes, fontsize=9, color=INK)
        axes.set_axis_off()
        return
    lost = {group.name for group in judged.missing.groups}
    x, low, high = np.arange(len(groups)), *np.array([group.band for group in groups]).T * 100
    axes.bar(x, high - low, 0.8, low, color=SKY, alpha=0.5, label="two real samples, 95 %")
    axes.hlines([100 * group.share for group in groups], x - 0.4, x + 0.4, FAINT, label="real data")
    for name, colour, kept in (("samples", BLUE, False), ("samples, missing", VERMILLION, True)):
        chosen = [number for number, group in enumerate(groups) if (group.name in lost) == kept]
        axes.scatter(
            chosen,
            [100 * groups[number].fake_share for number in chosen],
            14,
            color=colour,
            label=name if chosen else None,
            zorder=3,
        )
    axes.set_ylabel("share, %", fontsize=8)
    top = axes.get_ylim()[1]
    axes.set_ylim(-0.03 * top, 1.15 * top)
    name_groups(axes, [group.name for group in groups])
    axes.legend(
        fontsize=8, frameon=False, ncols=4, loc="upper right", handletextpad=0.4, columnspacing=1.2
    )


def name_groups(axes: Axes, names: list[str]) -> None:
    """The names of groups below the axis, where they have room."""
    few = len(names) <= NAMED
    turned = few and max(map(len, names)) > 40 // len(names)
    axes.set_xticks(
        range(len(names)) if few else [],
        [plain(name) for name in names] if few else [],
        rotation=45 * turned,
        ha="right" if turned else "center",
        fontsize=8,
    )
    axes.set_xlabel(f"{len(names):,} groups of the real data, the largest first", fontsize=8)


def draw_plane(axes: Axes, judged: JudgedPair) -> None:
    """Real rows, those of missing groups, and samples on top."""
    rows = [row for group in judged.judgement.missing for row in group.rows]
    seen = embed(judged.pair, rows)
    dots: dict[str, Any] = {"s": 5, "linewidths": 0, "rasterized": True}
    axes.scatter(*seen.real[~seen.lost].T, color=FAINT, alpha=0.45, label="real", **dots)
    axes.scatter(*seen.fakes.T, color=BLUE, alpha=0.45, label="samples", **dots)
    if seen.lost.any():
        axes.scatter(
            *seen.real[seen.lost].T,
            color=VERMILLION,
            alpha=0.8,
            label="real, in missing groups",
            **dots,
        )
    axes.set_xlim(seen.low[0], seen.high[0])
    axes.set_ylim(seen.low[1], seen.high[1])
    axes.set_xlabel(plain(seen.labels[0]), fontsize=8)
    axes.set_ylabel(plain(seen.labels[1]), fontsize=8)
    axes.legend(
        fontsize=8,
        frameon=False,
        ncols=3,
        loc="lower center",
        bbox_to_anchor=(0.5, 1.0),
        handletextpad=0.2,
        columnspacing=1.2,
        markerscale=2,
    )

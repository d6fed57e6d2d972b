"""Samples per mode against the target, with the noise that a perfect sampler has."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.special import bdtr, bdtrik
from torch import Tensor

from mcgan.view.figures.mode_names import inches, label_modes
from mcgan.view.figures.modemap import mode_map
from mcgan.view.figures.style import (
    BLUE,
    FAINT,
    INK,
    ORANGE,
    VERMILLION,
    headline,
    new_figure,
    place,
)

BARS = 60  # modes up to which each has its bar
NUMBERED = 0.4  # inches below bars that numbers and their heading take
SIMULATED = 200  # perfect samplers behind the band of the sorted curve


def mode_histogram(
    counts: Tensor,
    weights: Tensor,
    n: int,
    title: str = "",
    names: Sequence[str] = (),
    caption: str = "",
    modes: Sequence[str] = (),
) -> Figure:
    """Counts (R, K) of high-quality samples, of n per replica; `weights` (K,): their true shares.

    What the weights lack to 1 is the share of real data that is not of high quality. ``modes`` are
    their names. Up to 60 modes: a bar each, the mean over replicas, a dot per replica. Beyond: a
    map of the first replica's modes and, for each replica, the counts in falling order.
    """
    shares, target = counts.double().numpy() / n, weights.double().numpy()
    if len(target) <= BARS:
        width, room = max(6.4, 0.2 * len(target) + 1.5), room_below(modes, len(target))
        figure = new_figure(width, 4.4 + room)
        axes = place(figure, 0.7, 1.05 + room, width - 0.9, 2.85)
        bars(axes, shares, target, n)
        name_bars(axes, modes, len(target))
        headline(figure, title, caption, axes.get_legend_handles_labels()[0][::-1])
        return figure
    figure = new_figure(11.0, 5.2)
    mode_map(figure, shares[0] / target, names[0] if names else "")
    axes = place(figure, 6.1, 1.05, 4.7, 3.5)
    draw_ranked(axes, shares, target, n)
    headline(figure, title, caption, axes.get_legend_handles_labels()[0])
    return figure


def bars(ax: Axes, shares: np.ndarray, target: np.ndarray, n: int) -> None:
    """Shares (R, K) in percent, each with the binomial 95 % band of its true share."""
    modes = np.arange(len(target))
    low, high = (least(q, n, target) for q in (0.025, 0.975))
    several = len(shares) > 1
    mean = f"mean of {len(shares)} replicas" if several else "generator"
    ax.bar(modes, 100 * (high - low) / n, bottom=100 * low / n, width=0.94, color=ORANGE,
           alpha=0.7, label=f"target, 95 % band of {n:,} draws")  # fmt: skip
    ax.bar(modes, 100 * shares.mean(0), width=0.5, color=BLUE, label=mean)
    ax.hlines(100 * target, modes - 0.47, modes + 0.47, color=INK, linewidth=1)
    if several:
        dots = np.broadcast_to(modes, shares.shape).ravel()
        ax.plot(dots, 100 * shares.ravel(), "o", color=INK, markersize=3, mfc="white", mew=0.7,
                label="each replica")  # fmt: skip
    missed = modes[(shares == 0).all(0)]
    if len(missed):
        ax.plot(missed, 0 * missed, "x", color=VERMILLION, markersize=7, mew=2, clip_on=False,
                zorder=5, label="missed")  # fmt: skip
    ax.set_ylabel("high-quality samples (% of all)", fontsize=9)
    ax.set(ylim=(0, None), xlim=(-0.6, len(modes) - 0.4))


def room_below(names: Sequence[str], number: int) -> float:
    """Inches that names need below the bars, more than numbers do."""
    wide = inches(label_modes(names, number)) - NUMBERED
    return max(0.0, wide) if len(names) == number else 0.0


def name_bars(ax: Axes, names: Sequence[str], number: int) -> None:
    """Names below all bars, upright; numbers below all or some of them."""
    if len(names) == number:
        ax.set_xticks(range(number), label_modes(names, number), rotation=90)
        return
    ax.set_xlabel("mode", fontsize=9)
    ax.set_xticks(range(0, number, 1 if number <= 30 else 5))


def least(q: float, n: int, p: np.ndarray) -> np.ndarray:
    """The least k to which n draws with chances ``p`` (K,) come, or stay below, with chance q.

    As scipy.stats.binom.ppf, which takes half a second to import.
    """
    k = np.ceil(bdtrik(q, n, p))
    below = np.maximum(k - 1, 0)
    return np.where(p < 1, np.where(bdtr(below, n, p) >= q, below, k), n)


def draw_ranked(ax: Axes, shares: np.ndarray, target: np.ndarray, n: int) -> None:
    """Samples of the k-th most frequent mode, and where a perfect sampler's curve lies."""
    rank = np.arange(1, len(target) + 1)
    chances = [*target, max(0.0, 1 - target.sum())]
    random = np.random.default_rng(0).multinomial(n, chances, size=SIMULATED)[:, :-1]
    low, high = np.quantile(np.sort(random, 1)[:, ::-1], (0.025, 0.975), axis=0)
    ax.fill_between(rank, low - 0.5, high + 0.5, color=ORANGE, alpha=0.6, linewidth=0,
                    label="perfect sampler, 95 % band")  # fmt: skip
    curves = np.sort(n * shares, axis=1)[:, ::-1]
    label = "generator" if len(shares) == 1 else f"{len(shares)} replicas"
    lines = ax.plot(rank, curves.T, color=BLUE, linewidth=1.2, alpha=max(0.35, 1 / len(shares)))
    lines[0].set_label(label)
    ax.set_xlabel("modes by falling frequency", fontsize=9)
    ax.set_ylabel(f"high-quality samples per mode, of {n:,}", fontsize=9)
    ax.set(xlim=(0, len(target)), ylim=(0, None))
    ax.grid(axis="y", color=FAINT, alpha=0.2)

"""Which mode was visited when: rotation is diagonal stripes, health is even bands."""

from collections.abc import Sequence

import numpy as np
import torch
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from torch import Tensor

from mcgan.view.figures.mode_names import inches, label_modes
from mcgan.view.figures.modemap import MAP
from mcgan.view.figures.mosaic import LEFT, Mosaic
from mcgan.view.figures.steps import ticks_at
from mcgan.view.figures.style import INK

COLUMNS, ROWS = 240, 250  # of a panel, at most
NAMED = 12  # modes whose names a panel has room for
CAPTION = "All samples, each counted to its nearest mode, at each evaluation"
FULL = 3.0  # times its true share, from which on a mode is darkest


def mode_timeline(
    steps: Sequence[int],
    counts: Tensor,
    weights: Tensor,
    title: str = "",
    names: Sequence[str] = (),
    modes: Sequence[str] = (),
) -> Figure:
    """One panel per replica, modes over steps: counts (T, R, K) at T steps, true shares (K,).

    Between two evaluations the nearer one is shown. ``modes`` are their names.
    """
    places, labels = mode_ticks(len(weights), modes)
    mosaic = Mosaic(counts.shape[1], below=1.1, left=max(LEFT, 0.2 + inches(labels)))
    shares = merge_bands(counts.double() / counts.sum(-1, keepdim=True).clamp(min=1))
    ratio = (shares / merge_bands(weights) / FULL).clamp(max=1).numpy()
    times = np.linspace(0, steps[-1], COLUMNS)
    nearest = np.abs(times[:, None] - np.asarray(steps)).argmin(1)
    for index in range(mosaic.count):
        mosaic.image(index, ratio[nearest, index].T, cmap=MAP, interpolation="nearest")
        mosaic.panel(index, names[index] if index < len(names) else "")
    shown = ticks_at(steps)
    mosaic.ticks("x", [s / steps[-1] for s in shown], [f"{s:,}" for s in shown], "step")
    mosaic.ticks("y", places, labels, "" if len(modes) == len(weights) else "mode")
    mosaic.finish(title, CAPTION, legend())
    return mosaic.figure


def merge_bands(shares: Tensor) -> Tensor:
    """(..., K) -> (..., K or ROWS): neighbouring modes together, where a row is less than a dot."""
    number = shares.shape[-1]
    rows = min(number, ROWS)
    band = torch.arange(number) * rows // number
    return shares.new_zeros(*shares.shape[:-1], rows).index_add_(-1, band, shares)


def mode_ticks(number: int, names: Sequence[str] = ()) -> tuple[list[float], list[str]]:
    """Places and names of the modes, or of a few of many; the first is on top."""
    few = number <= NAMED and len(names) == number
    shown = range(number) if few else sorted({0, number // 2, number - 1})
    labels = label_modes(names, number)
    return [1 - (mode + 0.5) / number for mode in shown], [labels[mode] for mode in shown]


def legend() -> list[Patch]:
    """What the darkness of a cell means."""
    words = {"no samples": 0.0, "its true share": 1 / FULL, f"{FULL:g} times that or more": 1.0}
    return [
        Patch(facecolor=MAP(at), edgecolor=INK, linewidth=0.5, label=word)
        for word, at in words.items()
    ]

"""Spread inside modes: collapse that a count of modes does not see"""

from functools import partial

import torch
from matplotlib.axes import Axes
from matplotlib.patches import Circle
from torch import Generator, Tensor

from mcgan.dataset._gaussian import Gaussians
from mcgan.experiment.components import Components
from mcgan.explain._game import law
from mcgan.explain._samples import Make, make, of_modes, tell
from mcgan.explain._sheet import Picture, Sheet, head
from mcgan.view.figures.scatter import marks
from mcgan.view.figures.style import BLUE, FAINT, INK, VERMILLION

STD, SHOWN, SIDE = 0.05, 600, 5.5  # of the data; points drawn of a mode; half the plane, in σ
EVEN, TRUE = torch.ones(8), torch.ones(8, 2)
NAMES = {"modes_covered": "covered", "quality": "quality", "width_ratio": "width",
         "spread_least": "least spread"}  # fmt: skip
LINES = (("modes_covered", "quality"), ("width_ratio", "spread_least"))


def stretched(along: float, across: float, ring: Gaussians, draw: Generator) -> Tensor:
    """All modes as wide as that, times the data's width, outwards and across."""
    return of_modes(ring, EVEN, draw, torch.tensor([[along, across]]).expand(8, 2))


def one_narrow(ring: Gaussians, draw: Generator) -> Tensor:
    """Seven modes as the data, and the one that is drawn at a fifth of their width."""
    return of_modes(ring, EVEN, draw, torch.cat([torch.full((1, 2), 0.2), TRUE[1:]]))


KINDS: dict[str, Make] = {
    "as the data": partial(stretched, 1.0, 1.0), "half as wide": partial(stretched, 0.5, 0.5),
    "a point in each mode": partial(stretched, 0.02, 0.02),
    "a line through each mode": partial(stretched, 1.0, 0.05),
    "this mode alone is narrow": one_narrow, "twice as wide": partial(stretched, 2.0, 2.0),
}  # fmt: skip


def draw(seed: int) -> Picture:
    """The picture: one mode close up, of samples that counts of modes cannot tell apart."""
    parts, made = make(STD, KINDS, seed)
    sheet = Sheet(
        "All modes covered, and collapsed all the same",
        "One mode of eight, close up. Counts of modes and the share of good samples find "
        "narrow modes perfect.",
        columns=3,
        rows=2,
        size=(2.9, 2.9),
        gap=0.3,
        between=0.95,
    )
    for axes, (name, (x, scores)) in zip(sheet.axes, made.items(), strict=True):
        close_up(axes, parts, x)
        head(axes, name)
        tell(axes, scores, LINES, NAMES)
    sheet.legend(marks()[:2])
    sheet.caption(
        f"Ring of 8 modes, σ = {STD}; circles at 1σ and 3σ, seed {seed}. width: std "
        "inside modes over the true one, all modes together;\nleast spread: std along "
        "the smallest axis of the narrowest mode over the true one. Both are 1 for data."
    )
    return sheet.picture()


def close_up(axes: Axes, parts: Components, x: Tensor) -> None:
    """The samples of the first mode, in σ from its centre."""
    ring, seen = law(parts), parts.dataset.recognise(x)
    here = seen.mode == 0
    points = ((x[here][:SHOWN] - ring.centres[0]) / ring.stds[0]).numpy()
    good = seen.good[here][:SHOWN].numpy()
    for radius in (1, 3):
        axes.add_patch(Circle((0, 0), radius, fill=False, edgecolor=FAINT, linewidth=0.8))
    for shown, colour in ((~good, VERMILLION), (good, BLUE)):
        axes.plot(*points[shown].T, ".", color=colour, markersize=4, alpha=0.6, mew=0)
    axes.text(0, 3.15, "3σ", fontsize=8, color=INK, ha="center")
    axes.set(aspect="equal", xlim=(-SIDE, SIDE), ylim=(-SIDE, SIDE), xticks=(), yticks=())
    axes.spines[:].set_visible(False)

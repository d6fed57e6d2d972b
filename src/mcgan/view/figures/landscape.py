"""What the critic makes of the plane, and where it sends the fakes."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from torch import Tensor

from mcgan.dataset.base import ModalDataset
from mcgan.view.figures.modemap import MAP
from mcgan.view.figures.mosaic import Mosaic
from mcgan.view.figures.plane import Plane, plane_of
from mcgan.view.figures.style import INK, VERMILLION

CELLS = 48  # of a side of the plane
ARROWS = 128  # in a panel
LONGEST = 0.09  # of a panel's side
LEVELS = 15  # contour lines
BANDS = MAP.resampled(LEVELS + 1)  # of even colour between them, for smaller files
CAPTION = "Arrows: minus the gradient of G's loss at its fakes; each panel's longest alike"


class Surface(NamedTuple):
    """A critic's view of the plane, of R replicas, in net units."""

    scores: Tensor  # (R, CELLS²) at the points of `grid_of`
    fakes: Tensor  # (R, m, 2)
    pushes: Tensor  # (R, m, 2): minus the gradient of G's loss


def grid_of(dataset: ModalDataset) -> Tensor:
    """The centres of the plane's cells, (CELLS², 2) in net units, x₁ the slower."""
    plane, middles = plane_of(dataset), (np.arange(CELLS) + 0.5) / CELLS
    axes = plane.low + middles[:, None] * (plane.high - plane.low)
    return torch.cartesian_prod(*torch.from_numpy(axes.T).float()) / dataset.scale


def critic_landscape(
    surface: Surface, dataset: ModalDataset, title: str = "", names: Sequence[str] = ()
) -> Figure:
    """One panel per replica: the score as colour and contours, fakes with arrows, modes.

    Dark is a high score, as everywhere; each panel has a scale of its own, and says which.
    """
    plane, mosaic = plane_of(dataset), Mosaic(len(surface.scores))
    for index in range(mosaic.count):
        contours(mosaic, index, surface.scores[index].double().numpy())
        arrows(mosaic, index, plane, surface)
        centres = plane.unit(plane.centres) + mosaic.corner(index)
        mosaic.axes.plot(*centres.T, "o", color="white", mec=INK, markersize=3.5, mew=0.8)
        mosaic.panel(index, names[index] if index < len(names) else "")
        tell_scale(mosaic, index, surface.scores[index])
    for axis, name in zip("xy", plane.labels, strict=True):
        places, labels = plane.ticks(axis)
        mosaic.ticks(axis, places, labels, name)
    mosaic.finish(title, CAPTION, legend())
    return mosaic.figure


def contours(mosaic: Mosaic, index: int, scores: np.ndarray) -> None:
    """Colour from the lowest score of the panel to its highest, and lines in equal distances."""
    cells, (x, y) = scores.reshape(CELLS, CELLS).T, mosaic.corner(index)
    span = max(np.ptp(cells), 1e-12)
    height = (cells - cells.min()) / span
    mosaic.image(index, height[::-1], cmap=BANDS, interpolation="bilinear")
    middles = (np.arange(CELLS) + 0.5) / CELLS
    mosaic.axes.contour(
        x + middles,
        y + middles,
        height,
        np.linspace(0, 1, LEVELS + 2)[1:-1],
        colors=INK,
        linewidths=0.4,
        alpha=0.4,
    )


def tell_scale(mosaic: Mosaic, index: int, scores: Tensor) -> None:
    """The scores of the lightest and of the darkest colour, in a corner of the panel."""
    x, y = mosaic.corner(index)
    low, high = (f"{value:.3g}".replace("-", "−") for value in (scores.min(), scores.max()))
    mosaic.axes.text(
        x + 0.02,
        y + 0.02,
        f"scores {low} … {high}",
        fontsize=7,
        color=INK,
        bbox={"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 1.5},
    )


def arrows(mosaic: Mosaic, index: int, plane: Plane, surface: Surface) -> None:
    """Draws fakes, and the direction and relative length of G's pushes on them."""
    fakes, pushes = surface.fakes[index][:ARROWS], surface.pushes[index][:ARROWS].double()
    unit = plane.unit(plane.project(fakes))
    inside = ((unit >= 0) & (unit <= 1)).all(1)
    step = (pushes / pushes.norm(dim=1).max().clamp(min=1e-30) * LONGEST).numpy()
    at = unit[inside] + mosaic.corner(index)
    mosaic.axes.plot(*at.T, "o", color=VERMILLION, markersize=2.2, mew=0)
    mosaic.axes.quiver(
        *at.T,
        *step[inside].T,
        color=VERMILLION,
        angles="xy",
        scale_units="xy",
        scale=1,
        width=0.0022,
        headwidth=4,
    )


def legend() -> list[Patch | Line2D]:
    """What the colours and marks of the picture mean."""
    return [
        Patch(facecolor=MAP(0.0), edgecolor=INK, linewidth=0.5, label="lowest score"),
        Patch(facecolor=MAP(1.0), edgecolor=INK, linewidth=0.5, label="highest score"),
        Line2D(
            [],
            [],
            linestyle="none",
            marker="o",
            color="white",
            mec=INK,
            markersize=5,
            label="mode of the data",
        ),
        Line2D(
            [], [], color=VERMILLION, marker="o", markersize=3, label="fake, and where G is pushed"
        ),
    ]

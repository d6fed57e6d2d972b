"""The picture of the study: which measure sees which defect, at which number of samples."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from judge_study.defects import CURVES
from judge_study.rows import load
from mcgan.judging.words import LABELS
from mcgan.view.figures.style import INK, headline, new_figure, place, png

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "pictures" / "judge_study.png"
NUMBERS = (100, 300, 1000, 3000)
FAR = 10  # standard deviations, from where the colour is full
CELL, LEFT, BOTTOM, TOP = (0.4, 0.26), 1.75, 0.55, 1.5  # inches


def panel(rows: list[dict[str, Any]], n: int) -> np.ndarray:
    """The mean z of each measure and defect at n, (measures, defects); NaN where there is none."""
    names = [name for name in LABELS if name in rows[0]["z"]]
    found = np.full((len(names), len(CURVES)), np.nan)
    for column, defect in enumerate(CURVES):
        there = [row["z"] for row in rows if row["n"] == n and row["defect"] == defect]
        if there:
            found[:, column] = [np.mean([z[name] for z in there]) for name in names]
    return found


def draw(rows: list[dict[str, Any]]) -> bytes:
    """A table of colours for each n: measures down, defects across, as a PNG."""
    rows = [row for row in rows if row["part"] == "curves"]
    names = [LABELS[name] for name in LABELS if name in rows[0]["z"]]
    width, height = CELL[0] * len(CURVES), CELL[1] * len(names)
    figure = new_figure(LEFT + len(NUMBERS) * (width + 0.15) + 0.1, BOTTOM + height + TOP)
    for number, n in enumerate(NUMBERS):
        axes = place(figure, LEFT + number * (width + 0.15), BOTTOM, width, height)
        colour(axes, panel(rows, n))
        axes.set_xticks(range(len(CURVES)), CURVES, rotation=55, ha="left")
        axes.set_yticks(range(len(names)), names if number == 0 else [""] * len(names))
        axes.set_xlabel(f"n = {n:,}", fontsize=9, color=INK)
    headline(
        figure,
        "Which measure sees which defect, at how many samples",
        "Standard deviations of two real samples (z) between the samples and real ones, "
        "Fashion-MNIST, up to 64 components; pale: within 3, as two real samples may be",
    )
    return png(figure)


def colour(axes: Axes, z: np.ndarray) -> None:
    """Cells from blue (lower) to orange (higher), z in each."""
    axes.imshow(
        np.where(np.abs(z) < 3, z / 3, z), cmap="PuOr_r", vmin=-FAR, vmax=FAR, aspect="auto"
    )
    axes.tick_params(length=0, labeltop=True, labelbottom=False, labelsize=8)
    axes.spines[:].set_visible(False)
    for (row, column), value in np.ndenumerate(z):
        if np.isfinite(value):
            axes.text(
                column,
                row,
                f"{np.clip(value, -999, 999):.0f}",
                fontsize=7,
                ha="center",
                va="center",
                color="white" if abs(value) > 0.7 * FAR else INK,
            )


def write(path: Path) -> None:
    """Draws the rows of this file."""
    PICTURE.write_bytes(draw(load(path)["study"]))

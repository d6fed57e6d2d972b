"""Samples as a page shows them: pictures as one picture, series as lines, the rest as a table."""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from mcgan.judging.samples import Array, Samples
from mcgan.view.figures.style import BLUE, INK, VERMILLION, new_figure, place, svg
from mcgan.view.html import image
from mcgan.view.notebook import html_table

COLUMNS = 8  # of a table; the rest are left out
PAIRS = 3  # of rows in a table: numbers tell less than pictures
SIDE = 64  # pixels of a picture on the page, at least
GAP = 4
Row = tuple[str, Samples, Sequence[int]]  # what they are, the samples, and which


def show(rows: Sequence[Row], caption: str) -> str:
    """HTML of rows of samples that belong together column by column."""
    kind = rows[0][1].kind
    if kind == "pictures":
        return image(mosaic(rows), caption, "kept", "png")
    return image(lines(rows), caption, "drawn", "svg") if kind == "series" else cells(rows, caption)


def mosaic(rows: Sequence[Row]) -> bytes:
    """One PNG: a line of pictures for each row."""
    tiles = [
        [tile(samples.rows[number], samples) for number in chosen] for _, samples, chosen in rows
    ]
    height, width = tiles[0][0].shape[:2]
    sheet = np.full(
        (len(tiles) * (height + GAP) + GAP, len(tiles[0]) * (width + GAP) + GAP, 3), 255, np.uint8
    )
    for down, line in enumerate(tiles):
        for across, each in enumerate(line):
            top, left = GAP + down * (height + GAP), GAP + across * (width + GAP)
            sheet[top : top + height, left : left + width] = each
    data = io.BytesIO()
    Image.fromarray(sheet).save(data, format="png")
    return data.getvalue()


def tile(picture: Array, samples: Samples) -> Array:
    """A picture (c, h, w) as bytes (h, w, 3), enlarged where it is small."""
    values = picture if picture.dtype == np.uint8 else spread_out(picture, samples.rows)
    colours = values if len(values) == 3 else values.mean(0, keepdims=True).repeat(3, 0)
    times = max(1, -(-SIDE // max(colours.shape[1:])))
    return colours.astype(np.uint8).transpose(1, 2, 0).repeat(times, 0).repeat(times, 1)


def spread_out(picture: Array, all_of_them: Array) -> Array:
    """Values of unknown range, from the least of all pictures (black) to the largest (white)."""
    low, high = float(all_of_them.min()), float(all_of_them.max())
    return (picture - low) * (255 / max(high - low, 1e-12))


def lines(rows: Sequence[Row]) -> bytes:
    """An SVG: a small chart for each column, a line for each row; the first number of each step."""
    count = len(rows[0][2])
    figure = new_figure(1.6 * count + 0.4, 1.6)
    for column in range(count):
        axes = place(figure, 0.3 + 1.6 * column, 0.3, 1.4, 1.1)
        for (name, samples, chosen), colour in zip(rows, (VERMILLION, BLUE, INK), strict=False):
            axes.plot(samples.rows[chosen[column]][:, 0], color=colour, linewidth=0.9, label=name)
    figure.axes[0].legend(fontsize=6, frameon=False, loc="upper left")
    return svg(figure)


def cells(rows: Sequence[Row], caption: str) -> str:
    """A table: the rows of one column stand below each other."""
    samples = rows[0][1]
    width = min(samples.rows.shape[1], COLUMNS)
    heads = (samples.columns or [f"x{number}" for number in range(samples.rows.shape[1])])[:width]
    body = [
        line_of(name, each, chosen[column], width)
        for column in range(len(rows[0][2][:PAIRS]))
        for name, each, chosen in rows
    ]
    return f'<div class="wide" tabindex="0">{html_table(caption, ["", *heads], body)}</div>'


def line_of(name: str, samples: Samples, row: int, width: int) -> list[str]:
    """What a row is, its place in the source, and its first numbers."""
    return [f"{name} {samples.place_of(row):,}", *map(cell, samples.rows[row][:width])]


def cell(value: object) -> str:
    """A cell as text: numbers with four digits, a dash for a missing value."""
    if value is None:
        return "–"
    return f"{value:.4g}" if isinstance(value, (int, float, np.number)) else str(value)

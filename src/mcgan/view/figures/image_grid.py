"""Samples that are pictures, tiled."""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from torch import Tensor

from mcgan.view.figures.mosaic import Mosaic

TILES = {1: 100, 2: 64}  # samples in a panel, by the columns of panels; 25 where there are more


def image_grid(
    samples: Tensor, title: str = "", names: Sequence[str] = (), caption: str = ""
) -> Figure:
    """One panel per replica: samples (R, n, C, H, W), C = 1 or 3, values in [-1, 1]."""
    mosaic = Mosaic(len(samples), below=0.35)
    count = TILES.get(mosaic.columns, 25)
    for index in range(mosaic.count):
        sheet = tile(samples[index][:count])
        mosaic.image(index, sheet, cmap="gray", interpolation="antialiased")
        mosaic.panel(index, names[index] if index < len(names) else "")
    mosaic.finish(title, caption)
    return mosaic.figure


def tile(x: Tensor, gap: int = 2, columns: int | None = None) -> np.ndarray:
    """Pictures (n, C, H, W) in [-1, 1] as one (rows, columns, C) in 0..1, on white.

    It has room for as many rows as columns, or has so many ``columns`` and the rows they need.
    """
    n, channels, height, width = x.shape
    side = math.ceil(math.sqrt(n))
    rows, columns = (math.ceil(n / columns), columns) if columns else (side, side)
    sheet = np.ones((rows * (height + gap) - gap, columns * (width + gap) - gap, channels))
    for index, picture in enumerate(((x + 1) / 2).clamp(0, 1).permute(0, 2, 3, 1).numpy()):
        top, left = (index // columns) * (height + gap), (index % columns) * (width + gap)
        sheet[top : top + height, left : left + width] = picture
    return sheet[..., 0] if channels == 1 else sheet

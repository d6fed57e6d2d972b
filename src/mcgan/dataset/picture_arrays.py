"""Pictures in arrays: bytes of one size, whatever order of axes and size the array has."""

import numpy as np
import torch
from torch import Tensor
from torchvision.transforms.v2 import functional as F

from mcgan.dataset.data_units import numbers, pictures
from mcgan.errors import UserError

AT_ONCE = 1000  # pictures that are converted together


def to_bytes(given: np.ndarray, size: int, channels: int | None, where: str) -> Tensor:
    """Pictures (n, channels, size, size) uint8 of an array (n, H, W), (n, C, H, W) or (n, H, W, C).

    The shorter side is scaled to `size`, the middle square cut out; `channels` None: as the array
    has. Floats are in [-1, 1]. Raises UserError for what are no pictures.
    """
    if given.ndim == 2:
        raise UserError(
            f"{where} holds vectors {given.shape}: choose dataset=array, or reshape "
            "them to (n, height, width)"
        )
    if given.ndim not in (3, 4) or not given.size:
        raise UserError(
            f"{where} must hold pictures, an array of shape (n, height, width) or (n, "
            f"channels, height, width), not {given.shape}"
        )
    order = axes_of(given.shape, where)
    return torch.cat(
        [
            convert(given[start : start + AT_ONCE], order, size, channels, where)
            for start in range(0, len(given), AT_ONCE)
        ]
    )


def axes_of(shape: tuple[int, ...], where: str) -> tuple[int, ...] | None:
    """How to order axes so that channels come second; None: there is no axis of channels."""
    if len(shape) == 3:
        return None
    if shape[1] in (1, 3):
        return 0, 1, 2, 3
    if shape[3] in (1, 3):
        return 0, 3, 1, 2
    raise UserError(
        f"{where} holds pictures {shape} with neither 1 nor 3 channels: take others, "
        "such as transparency, out"
    )


def convert(
    part: np.ndarray, order: tuple[int, ...] | None, size: int, channels: int | None, where: str
) -> Tensor:
    """A few pictures as bytes, in this order of axes, size and number of channels."""
    x = numbers(part[:, None] if order is None else part.transpose(order))
    if not x.isfinite().all():
        raise UserError(f"{where} holds a NaN or an infinity: leave such pictures out")
    grey_levels = x if x.dtype == torch.uint8 else ((pictures(x) + 1) * 127.5).round().clamp(0, 255)
    square = F.center_crop(F.resize(grey_levels.to(torch.uint8), [size], antialias=True), [size])
    return square if channels in (None, square.shape[1]) else recolour(square, channels)


def recolour(x: Tensor, channels: int) -> Tensor:
    """Grey pictures of coloured ones, or three equal channels of a grey one."""
    return F.rgb_to_grayscale(x) if channels == 1 else x.expand(-1, channels, -1, -1).contiguous()

"""Pictures as arrays: their channels and size, and whether each channel is a picture."""

import numpy as np
import torch
from torch.nn import functional as F

from mcgan.judging.samples import Array

CHUNK = 256  # pictures at a time
UNRELATED = 0.1  # correlation of two channels at most: colours of a scene have 0.8 and more
ENOUGH = 50  # pictures from which a correlation is known well enough


def resize(pictures: Array, height: int, width: int) -> Array:
    """The pictures (n, c, height, width), smoothed where they get smaller."""
    if pictures.shape[2:] == (height, width):
        return pictures
    done = np.empty((*pictures.shape[:2], height, width), pictures.dtype)
    for start in range(0, len(pictures), CHUNK):
        part = torch.from_numpy(pictures[start : start + CHUNK]).float()
        small = F.interpolate(part, (height, width), mode="bilinear", antialias=True).numpy()
        done[start : start + CHUNK] = np.rint(small) if done.dtype == np.uint8 else small
    return done


def as_colour(pictures: Array) -> Array:
    """Grey pictures (n, 1, h, w) with their channel three times; coloured ones as they are."""
    return np.repeat(pictures, 3, 1) if pictures.shape[1] == 1 else pictures


def channels_are_unrelated(pictures: Array) -> bool:
    """Whether the channels of a picture tell nothing of each other, as those of stacked digits.

    Each pixel is taken about its mean over the pictures; then every two channels are correlated.
    """
    count, channels = pictures.shape[:2]
    if channels < 2 or count < ENOUGH:
        return False
    about = pictures[:2000].astype(np.float32)
    about = (about - about.mean(0)).swapaxes(0, 1).reshape(channels, -1)
    size = np.linalg.norm(about, axis=1)
    related = np.abs(about @ about.T) / np.maximum(np.outer(size, size), 1e-12)
    return bool((size > 0).all() and related[~np.eye(channels, dtype=bool)].max() < UNRELATED)


def pixels(pictures: Array) -> Array:
    """float32 (n, 1, numbers): the values of all channels, from 0 to 1 where they are bytes."""
    return unit(pictures).reshape(len(pictures), 1, -1)


def pixels_by_channel(pictures: Array) -> Array:
    """float32 (n, channels, numbers): each channel is a view of its own."""
    return unit(pictures).reshape(*pictures.shape[:2], -1)


def unit(pictures: Array) -> Array:
    """Pictures as float32, bytes scaled to [0, 1]; other arrays keep their range."""
    values = pictures.astype(np.float32)
    return values / np.float32(255) if pictures.dtype == np.uint8 else values

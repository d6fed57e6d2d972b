"""From samples to numbers, before anything is fitted: pixels, nets, and functions of the user's."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mcgan.errors import UserError, one_line
from mcgan.judging.feature_cache import cached
from mcgan.judging.picture_arrays import as_colour, pixels, pixels_by_channel, resize
from mcgan.judging.raw import as_array
from mcgan.judging.recognising import check_finite_rows
from mcgan.judging.samples import Array, Progress, Samples

Extract = Callable[[Samples], Array]  # -> (n, views, numbers) float32
SIDE = 32  # of pictures that are compared by their pixels, at most
BATCH = 64
NET_SIDES = (64, 128)  # of pictures that our ImageNet net sees


def numbers(samples: Samples) -> Array:
    """Vectors and series as they are, one row each."""
    return samples.rows.reshape(len(samples), 1, -1)


def small_pixels(samples: Samples) -> Array:
    """The pixels of pictures, made small, as one row of numbers each."""
    return pixels(small(samples.rows))


def small_channels(samples: Samples) -> Array:
    """The pixels of pictures, made small, as one row of numbers for each channel."""
    return pixels_by_channel(small(samples.rows))


def small(pictures: Array) -> Array:
    """The pictures with sides of at most 32."""
    height, width = pictures.shape[2:]
    shrink = min(1, SIDE / max(height, width))
    return resize(pictures, max(1, round(height * shrink)), max(1, round(width * shrink)))


def by_net(
    extract: Callable[[Tensor], Tensor], fingerprint: str, progress: Progress | None
) -> Extract:
    """Features of a net for colour pictures of bytes; kept by content."""

    def run(samples: Samples) -> Array:
        check_bytes(samples)
        return cached(
            f"{fingerprint} {samples.digest}", lambda: in_batches(extract, samples, progress)
        )[:, None]

    return run


def check_bytes(samples: Samples) -> None:
    """Raises UserError for pictures whose range of values is unknown to a net."""
    if samples.rows.dtype != np.uint8:
        raise UserError(
            f"{samples.name}: {samples.notes[-1]}, so that a net cannot see them: give "
            "bytes or numbers from -1 to 1, or take features=pixels"
        )


def in_batches(
    extract: Callable[[Tensor], Tensor], samples: Samples, progress: Progress | None
) -> Array:
    """(n, d) float32 of pictures that are given as colours, some at a time."""
    parts = []
    for start in range(0, len(samples), BATCH):
        part = as_colour(samples.rows[start : start + BATCH])
        with torch.inference_mode():
            parts.append(extract(torch.from_numpy(np.ascontiguousarray(part))).numpy())
        if progress:
            progress(f"features of {samples.name}", min(start + BATCH, len(samples)), len(samples))
    return np.concatenate(parts)


def net_side(pictures: Array) -> int:
    """Which of the net's sides fits the pictures."""
    return NET_SIDES[max(pictures.shape[2:]) > NET_SIDES[0]]


def by_function(function: Callable[[Tensor], Any], word: str, progress: Progress | None) -> Extract:
    """Features that a function of the user's gives for a batch of samples.

    Pictures come as float32 (B, c, h, w) from -1 to 1, other samples as they are. Nothing is kept:
    the function's code may change.
    """

    def call(batch: Array) -> Array:
        given = torch.from_numpy(batch.astype(np.float32))
        scaled = given / 127.5 - 1 if batch.dtype == np.uint8 else given
        try:
            with torch.inference_mode():
                found = as_array(function(scaled))
        except Exception as error:
            raise UserError(
                f"features={word} failed on a batch of shape {tuple(batch.shape)}: "
                f"{type(error).__name__}: {one_line(error)}"
            ) from error
        if found.ndim < 2 or len(found) != len(batch):
            raise UserError(
                f"features={word} must give one row of numbers for each sample, "
                f"({len(batch)}, d), not {tuple(found.shape)}"
            )
        return found.reshape(len(batch), -1).astype(np.float32)

    def run(samples: Samples) -> Array:
        parts = []
        for start in range(0, len(samples), BATCH):
            parts.append(call(samples.rows[start : start + BATCH]))
            if progress:
                progress(
                    f"features of {samples.name}", min(start + BATCH, len(samples)), len(samples)
                )
        found = np.concatenate(parts)
        check_finite_rows(found, f"features={word} of {samples.name}")
        return found[:, None]

    return run

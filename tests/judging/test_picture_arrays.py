"""Channels, sizes and pixels of pictures as arrays."""

import numpy as np
import pytest

from mcgan.judging.picture_arrays import (
    as_colour,
    channels_are_unrelated,
    pixels,
    pixels_by_channel,
    resize,
)

NOISE = np.random.default_rng(0).integers(0, 256, (300, 3, 8, 8), dtype=np.uint8)


@pytest.mark.parametrize(
    ("pictures", "unrelated"),
    [
        (NOISE, True),  # three pictures in three channels
        (NOISE // 2 + NOISE[:, :1] // 2, False),  # colours of one picture
        (np.repeat(NOISE[:, :1], 3, 1), False),
        (NOISE[:, :1], False),
        (NOISE[:20], False),  # too few to know
        (np.zeros_like(NOISE), False),
    ],
)
def test_which_channels_are_pictures_of_their_own(pictures, unrelated):
    assert channels_are_unrelated(pictures) == unrelated


def test_a_common_background_does_not_relate_channels():
    bright = np.zeros(NOISE.shape, np.uint8)
    bright[..., 2:6, 2:6] = NOISE[..., 2:6, 2:6] // 4 + 128
    assert channels_are_unrelated(bright)


def test_resizing_keeps_the_mean_and_the_type():
    small = resize(NOISE, 4, 4)
    assert small.shape == (300, 3, 4, 4) and small.dtype == np.uint8
    assert small.mean() == pytest.approx(NOISE.mean(), abs=0.5)
    assert small.std() < 0.7 * NOISE.std()  # it is smoothed, not picked
    assert resize(NOISE, 8, 8) is NOISE


def test_pixels_are_views():
    assert pixels(NOISE).shape == (300, 1, 192) and pixels_by_channel(NOISE).shape == (300, 3, 64)
    assert pixels(NOISE).max() == 1 and pixels(NOISE).dtype == np.float32
    assert (pixels(NOISE.astype(np.float32)) == NOISE.reshape(300, 1, -1)).all()


def test_grey_in_colour():
    assert (as_colour(NOISE[:, :1]) == NOISE[:, :1]).all() and as_colour(NOISE) is NOISE
    assert as_colour(NOISE[:, :1]).shape == NOISE.shape

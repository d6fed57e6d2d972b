"""From samples to numbers: pixels, a net in batches, a function of the user's."""

import numpy as np
import pytest
import torch

from mcgan.errors import UserError
from mcgan.judging.extractors import (
    BATCH,
    by_function,
    by_net,
    net_side,
    numbers,
    small_channels,
    small_pixels,
)
from mcgan.judging.samples import Samples

ROWS = np.random.default_rng(0).integers(0, 256, (BATCH + 6, 1, 8, 8), dtype=np.uint8)
PICTURES = Samples(ROWS, "pictures", "p")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def mean(x):
    assert x.dtype == torch.uint8 and x.shape[1] == 3
    return x.float().mean((2, 3))


def test_a_net_sees_colours_in_batches_once():
    calls, told = [], []

    def net(x):
        calls.append(len(x))
        return mean(x)

    extract = by_net(net, "a net", lambda *words: told.append(words))
    first = extract(PICTURES)
    assert first.shape == (len(ROWS), 1, 3) and calls == [BATCH, 6]
    assert first[:, 0, 0] == pytest.approx(ROWS.mean((1, 2, 3)), rel=1e-5)
    assert told[-1] == ("features of p", len(ROWS), len(ROWS))
    assert (extract(PICTURES) == first).all() and calls == [BATCH, 6]
    assert by_net(lambda x: 2 * mean(x), "another net", None)(PICTURES).mean() > 1.9 * first.mean()


def test_a_net_refuses_an_unknown_range():
    strange = Samples(ROWS.astype(np.float32), "pictures", "p", notes=("values are from 3 to 4",))
    with pytest.raises(UserError, match="p: values are from 3 to 4, so that a net cannot see them"):
        by_net(mean, "a net", None)(strange)


def test_a_function_sees_pictures_from_minus_one_to_one():
    seen = []

    def function(x):
        seen.append((x.dtype, x.min().item(), x.max().item(), torch.is_inference(x)))
        return x.mean((2, 3))

    found = by_function(function, "my:function", None)(PICTURES)
    assert found.shape == (len(ROWS), 1, 1) and found.dtype == np.float32
    assert seen[0][:3] == (torch.float32, -1.0, 1.0)
    assert found[:, 0, 0] == pytest.approx(ROWS.mean((1, 2, 3)) / 127.5 - 1, abs=1e-4)


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (lambda x: x.mean(), r"must give one row of numbers for each sample, \(64, d\), not \(\)"),
        (lambda x: x[:3], r"not \(3, 1, 8, 8\)"),
        (
            lambda x: x @ torch.zeros(3, 3),
            r"failed on a batch of shape \(64, 1, 8, 8\): RuntimeError",
        ),
        (lambda x: x.flatten(1) * torch.nan, "70 of 70 rows hold NaN"),
    ],
)
def test_a_function_that_fails(function, told):
    with pytest.raises(UserError, match=told):
        by_function(function, "my:function", None)(PICTURES)


def test_vectors_and_series_are_rows():
    assert numbers(Samples(np.zeros((4, 5, 2)), "series", "s")).shape == (4, 1, 10)


@pytest.mark.parametrize(("shape", "pixels"), [((3, 64, 32), 3 * 32 * 16), ((1, 28, 28), 784)])
def test_pixels_are_of_32_a_side_at_most(shape, pixels):
    samples = Samples(np.zeros((2, *shape), np.uint8), "pictures", "p")
    assert small_pixels(samples).shape == (2, 1, pixels)
    assert small_channels(samples).shape == (2, shape[0], pixels // shape[0])


def test_the_side_that_a_net_sees():
    assert [net_side(np.zeros((1, 3, side, 8))) for side in (28, 64, 65, 256)] == [64, 64, 128, 128]

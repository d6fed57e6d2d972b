"""What an array is taken for: its kind, its layout and the range of its values."""

import numpy as np
import pytest

from mcgan.errors import UserError
from mcgan.judging.recognising import recognise

NOISE = np.random.default_rng(0).random((6, 12, 12)).astype(np.float32)


@pytest.mark.parametrize(
    ("rows", "kind", "shape"),
    [
        (np.zeros(5), "vectors", (5, 1)),
        (np.zeros((5, 784)), "vectors", (5, 784)),
        (np.zeros((5, 2, 3, 4, 5)), "vectors", (5, 120)),
        (NOISE, "pictures", (6, 1, 12, 12)),
        (NOISE * 5, "pictures", (6, 1, 12, 12)),  # within 0 to 255
        (NOISE * 5 - 3, "series", (6, 12, 12)),
        (NOISE[:, :, :5], "series", (6, 12, 5)),
        (np.zeros((5, 28, 28, 3), np.uint8), "pictures", (5, 3, 28, 28)),
        (np.zeros((5, 3, 28, 28), np.uint8), "pictures", (5, 3, 28, 28)),
        (np.zeros((5, 28, 28, 1)), "pictures", (5, 1, 28, 28)),
        (np.array([["a", 1.0]] * 3, dtype=object), "table", (3, 2)),
        (np.array(["a", "b", "a"]), "table", (3, 1)),
    ],
)
def test_the_kind_and_the_layout(rows, kind, shape):
    seen = recognise(rows, "x")
    assert (seen.kind, seen.rows.shape) == (kind, shape)


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        (
            np.array([[1, "x", None], [True, np.nan, "2"]], dtype=object),
            [[1.0, "x", None], ["True", None, "2"]],
        ),
        (np.array([["1", "x", ""], ["2.5", "y", "3"]]), [[1.0, "x", None], [2.5, "y", 3.0]]),
        (np.array([["1"], ["2"]]), [[1.0], [2.0]]),
    ],
)
def test_the_cells_of_a_table(rows, cells):
    assert recognise(rows, "x").rows.tolist() == cells


@pytest.mark.parametrize(
    ("low", "high", "kind", "stored"),
    [
        (0, 1, np.float32, (0.0, 1.0)),
        (-1, 1, np.float32, (-1.0, 1.0)),
        (0, 255, np.float32, (0.0, 255.0)),
        (0, 255, np.int64, (0.0, 255.0)),
        (0, 65535, np.uint16, (0.0, 65535.0)),
        (0, 1, np.uint8, (0.0, 1.0)),
        (-1.03, 1.02, np.float64, (-1.0, 1.0)),
        (0, 1, bool, (0.0, 1.0)),
    ],
)
def test_every_range_becomes_bytes(low, high, kind, stored):
    row = np.linspace(low, high, 8 * 8).reshape(1, 8, 8, 1)
    seen = recognise(np.repeat(row.astype(kind), 2, 0), "x")
    assert seen.value_range == stored and seen.rows.dtype == np.uint8
    assert (seen.rows.min(), seen.rows.max()) == (0, 255)
    assert (np.diff(seen.rows[0, 0].ravel().astype(int)) >= 0).all()


def test_bytes_are_as_they_were():
    rows = np.random.default_rng(0).integers(0, 256, (3, 3, 8, 8), dtype=np.uint8)
    assert recognise(rows, "x").rows is rows and not recognise(rows, "x").notes


def test_an_unknown_range_is_said_and_kept():
    rows = np.linspace(-2.1, 2.6, 2 * 3 * 64).reshape(2, 3, 8, 8)
    seen = recognise(rows, "x")
    assert seen.value_range is None and np.allclose(seen.rows, rows)
    assert seen.notes == ["values are from -2.1 to 2.6, which no range of pictures is"]


def test_alpha_lies_on_white():
    rows = np.zeros((2, 8, 8, 4), np.uint8)
    rows[1, ..., 3] = 255
    assert (recognise(rows, "x").rows[:, :, 0, 0] == [[255] * 3, [0] * 3]).all()


def test_numbers_that_are_not_finite_are_counted():
    rows = np.zeros((10, 2))
    rows[3, 1], rows[7, 0] = np.nan, np.inf
    with pytest.raises(UserError, match=r"^x: 2 of 10 rows hold NaN .*the first is row 3: leave"):
        recognise(rows, "x")


def test_complex_numbers_are_refused():
    with pytest.raises(UserError, match="x holds complex128 numbers: give real numbers"):
        recognise(np.zeros((3, 2), complex), "x")

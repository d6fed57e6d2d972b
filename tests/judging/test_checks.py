"""Constant columns and sides of one content."""

import numpy as np
import pytest

from mcgan.errors import UserError
from mcgan.judging.checks import say_same, without_constants
from mcgan.judging.samples import Samples

REAL = np.array([[1.0, 5.0, 0.0], [2.0, 5.0, 0.0]])
FAKES = np.array([[3.0, 5.0, 1.0], [4.0, 5.0, 2.0]])


def samples(rows, kind="vectors", columns=None):
    return Samples(rows, kind, "x", columns=columns)


@pytest.mark.parametrize(("columns", "names"), [(None, ("1", "2")), (["a", "b", "c"], ("b", "c"))])
def test_a_column_without_differences_is_left_out_and_said(columns, names):
    (fakes, real), notes = without_constants([FAKES, REAL], samples(REAL, columns=columns))
    assert fakes.tolist() == [[3, 1], [4, 2]] and real.tolist() == [[1, 0], [2, 0]]
    assert notes == [
        f"column {names[0]} is constant on both sides, and left out",
        f"column {names[1]} is constant among the real samples, but not among the fakes",
    ]


def test_held_out_samples_count_too():
    held = np.array([[1.0, 6.0, 0.0]] * 2)
    sides, _ = without_constants([FAKES, REAL, held], samples(REAL))
    assert all(side.shape[1] == 3 for side in sides)


def test_many_columns_are_counted():
    rows = np.hstack([np.zeros((2, 9)), [[0.0], [1.0]]])
    _, [note] = without_constants([rows, rows], samples(rows))
    assert note == "columns 0, 1, 2, 3, 4 and 4 more are constant on both sides, and left out"


def test_pictures_have_no_columns_to_name():
    assert without_constants([REAL, REAL], samples(REAL, "pictures"))[1] == []


def test_nothing_to_compare():
    with pytest.raises(UserError, match="are one and the same: there is nothing to compare"):
        without_constants([REAL[:1], REAL[:1]], samples(REAL))


def test_data_compared_with_themselves():
    [note] = say_same(samples(REAL.copy()), samples(REAL))
    assert note.startswith("x and x hold the same samples, to the byte")
    assert not say_same(samples(FAKES), samples(REAL))

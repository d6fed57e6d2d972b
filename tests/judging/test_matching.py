"""Two sides brought to one form, or refused with both forms named."""

import numpy as np
import pytest

from mcgan.errors import UserError
from mcgan.judging.matching import match, match_held_out
from mcgan.judging.samples import Samples
from mcgan.judging.sources import read_samples

GREY = np.random.default_rng(0).integers(0, 256, (4, 12, 12), dtype=np.uint8)
COLOUR = np.random.default_rng(1).integers(0, 256, (4, 3, 12, 12), dtype=np.uint8)


def of(rows, name, **more):
    read = read_samples(rows)
    return Samples(
        read.rows, read.kind, name, notes=read.notes, value_range=read.value_range, **more
    )


def both(fakes, real):
    return match(of(fakes, "fakes"), of(real, "real"))


def test_what_is_alike_stays_as_it_is():
    matched = both(COLOUR, COLOUR)
    assert not matched.notes and (matched.fakes.rows == COLOUR).all()


def test_grey_and_colour_meet_in_colour():
    matched = both(GREY, COLOUR)
    assert (matched.fakes.rows == GREY[:, None]).all() and matched.fakes.rows.shape[1] == 3
    assert matched.notes == ["the pictures of fakes are grey, and compared in colour"]


def test_pictures_meet_at_the_smaller_size():
    matched = both(GREY[:, :8, :8], GREY)
    assert matched.real.rows.shape == matched.fakes.rows.shape == (4, 1, 8, 8)
    assert matched.notes == [
        "the pictures of real are scaled from 12×12 to 8×8, as the other side's"
    ]


@pytest.mark.parametrize(("fakes", "real"), [(GREY / 255, GREY), (GREY / 127.5 - 1, GREY / 255)])
def test_ranges_that_differ_are_one(fakes, real):
    matched = both(fakes, real)
    assert np.abs(matched.fakes.rows.astype(int) - matched.real.rows).max() <= 1


@pytest.mark.parametrize("real", [GREY / 127.5 - 1, GREY, COLOUR / 127.5 - 1])
def test_a_generator_without_tanh_is_cut_off_and_said(real):
    fakes = 1.15 * (GREY / 127.5 - 1)
    matched = both(fakes, real)
    wanted = np.rint((np.minimum(np.maximum(fakes, -1), 1) + 1) * 127.5)
    assert np.abs(matched.fakes.rows[:, 0] - wanted).max() <= 1
    assert matched.notes[0].startswith("fakes is read as numbers from -1 to 1: ")


@pytest.mark.parametrize(
    ("fakes", "real", "told"),
    [
        (
            np.zeros((4, 2)),
            np.zeros((4, 3)),
            "fakes holds vectors of 2 numbers, real vectors of 3 numbers: compare samples of one",
        ),
        (
            np.zeros((4, 2)),
            GREY,
            "fakes holds vectors of 2 numbers and real pictures of 12×12 with 1",
        ),
        (COLOUR[:, :2], COLOUR, "pictures of 12×12 with 2 channels, real .* with 3 channels"),
        (GREY[:, :8], GREY, "pictures of 12×12, the other side of 8×12: cut them to one shape"),
        (np.linspace(-4, 4, 432).reshape(4, 1, 9, 12), GREY[:, :9], "bring both to the same range"),
        (np.zeros((4, 5, 2)), np.zeros((4, 6, 2)), "series of 5×2 numbers, real series of 6×2"),
    ],
)
def test_what_cannot_be_compared(fakes, real, told):
    with pytest.raises(UserError, match=told):
        both(fakes, real)


def test_columns_meet_by_name():
    left = Samples(np.array([[1.0, 2.0]] * 2), "vectors", "fakes", columns=["x", "y"])
    right = Samples(np.array([[2.0, 1.0]] * 2), "vectors", "real", columns=["y", "x"])
    assert (match(left, right).fakes.rows == right.rows).all()
    other = Samples(right.rows, "vectors", "real", columns=["y", "z"])
    with pytest.raises(UserError, match="columns of fakes and real differ: x, z are on one side"):
        match(left, other)


def test_numbers_beside_a_table_are_a_table():
    real = Samples(np.array([[1.0, None]] * 2, dtype=object), "table", "real")
    fakes = Samples(np.ones((2, 2), np.float32), "vectors", "fakes")
    assert match(fakes, real).fakes.rows.tolist() == [[1.0, 1.0]] * 2
    assert match(fakes, real).fakes.kind == "table"


def test_series_that_look_like_pictures_are_series():
    values = GREY.astype(np.float32) / 255
    assert both(values, 9 * values - 3).fakes.kind == "series"
    assert both(values, 9 * values - 3).fakes.rows == pytest.approx(values, abs=0.01)


def test_held_out_samples_must_be_like_the_real_ones():
    notes = []
    held = match_held_out(of(GREY / 255, "held"), of(GREY, "real"), notes)
    assert held.rows.shape == (4, 1, 12, 12)
    with pytest.raises(UserError, match="held-out samples must be like the real ones"):
        match_held_out(of(GREY[:, :8, :8], "held"), of(GREY, "real"), notes)

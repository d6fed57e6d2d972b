"""Tables as vectors: what each column becomes."""

import numpy as np
import pytest

from mcgan.errors import UserError
from mcgan.judging.samples import Samples
from mcgan.judging.tables import TableEncoder


def table(*columns, names=None):
    rows = np.empty((len(columns[0]), len(columns)), dtype=object)
    for number, column in enumerate(columns):
        rows[:, number] = column
    return Samples(rows, "table", "data.csv", columns=names)


def encode(fakes, real):
    encoder = TableEncoder().fit(fakes, real)
    return encoder.apply(fakes), encoder.apply(real), encoder.notes


def test_numbers_are_standardised_by_the_real_side():
    fakes, real, notes = encode(table([10.0, 20.0]), table([1.0, 3.0]))
    assert real.tolist() == [[-1], [1]] and fakes.tolist() == [[8], [18]] and not notes


def test_a_category_that_one_side_never_produces_keeps_its_column():
    fakes, real, _ = encode(table(["a", "new"]), table(["a", "lost"]))
    assert fakes.tolist() == [[1, 0, 0], [0, 0, 1]] and real.tolist() == [[1, 0, 0], [0, 1, 0]]


def test_missing_values_are_said_and_seen():
    fakes, real, notes = encode(
        table([None, 2.0], ["a", "a"], names=["age", "job"]),
        table([1.0, 3.0], ["a", None], names=["age", "job"]),
    )
    assert fakes.tolist() == [[0, 1, 0, 1], [0, 0, 0, 1]]
    assert real.tolist() == [[-1, 0, 0, 1], [1, 0, 1, 0]]
    assert notes == [
        "column age: 1 value of the fakes and 0 of the real samples are missing",
        "column job: 0 values of the fakes and 1 of the real samples are missing",
    ]


def test_numbers_beside_texts_are_categories_spelt_alike():
    fakes, real, _ = encode(table([1.0, 2.0]), table(["1", "x"]))
    assert (fakes[0] == real[0]).all() and fakes.shape[1] == 3


def test_a_key_is_left_out_and_said():
    keys = [f"id{number}" for number in range(30)]
    ages = [*map(float, range(30))]
    _, real, notes = encode(table(keys, ages), table(keys, ages))
    assert real.shape[1] == 1 and "column 0 is left out: it has 30 different texts" in notes[0]
    with pytest.raises(UserError, match="no column to compare: column 0 is left out"):
        encode(table(keys), table(keys))


def test_infinite_numbers_are_refused():
    with pytest.raises(UserError, match="column 0 of the fakes holds infinite numbers"):
        encode(table([np.inf, 1.0]), table([1.0, 2.0]))
    with pytest.raises(UserError, match="column 0 of the real samples holds infinite numbers"):
        encode(table([0.0, 1.0]), table([np.inf, 2.0]))


def test_categories_that_honest_fakes_would_surely_have_are_named():
    real = ["cook"] * 60 + ["pilot"] * 30 + ["rare"] * 1
    _, _, notes = encode(table(["cook"] * 80, names=["job"]), table(real, names=["job"]))
    assert notes == ["column job: the fakes have no pilot (33.0% of the real rows)"]
    assert not encode(table(["cook"] * 9, names=["job"]), table(real, names=["job"]))[2]  # too few
    many = [f"town {number}" for number in range(8)] * 40
    _, _, [note] = encode(table(["town 0"] * 200), table(many))
    assert note.endswith(" and 2 more") and note.count("town") == 5


def test_a_text_among_numbers_is_named():
    real = table([1.0, 2.5, None])
    with pytest.raises(UserError, match="column 0: the fakes hold 'n/a', where the real samples"):
        TableEncoder().fit(table(["4.5", "n/a", "7"]), real)

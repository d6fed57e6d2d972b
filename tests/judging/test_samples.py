"""What is known of samples, and which rows of many are taken."""

import numpy as np
import pytest

from mcgan.judging.samples import MOST_ROWS, Samples, choose_rows, default_rows, number_of


def test_the_digest_is_of_the_content():
    rows = np.arange(6.0).reshape(3, 2)
    assert Samples(rows, "vectors", "a").digest == Samples(rows.copy(), "vectors", "b").digest
    assert Samples(rows, "vectors", "a").digest != Samples(rows[::-1], "vectors", "a").digest
    assert (
        Samples(rows, "vectors", "a").digest
        != Samples(rows.astype(np.float32), "vectors", "a").digest
    )


def test_the_digest_of_a_table_sees_its_texts():
    tables = [np.array([["a", 1.0], [last, None]], dtype=object) for last in ("b", "b", "c")]
    digests = [Samples(rows, "table", "t").digest for rows in tables]
    assert digests[0] == digests[1] != digests[2]


def test_rows_are_drawn_without_replacement_in_order_by_the_seed():
    rows = choose_rows(1000, 50, seed=1)
    assert len({*rows}) == 50 and (np.diff(rows) > 0).all() and rows.max() > 500
    assert (rows == choose_rows(1000, 50, seed=1)).all()
    assert (rows != choose_rows(1000, 50, seed=2)).any()
    assert (choose_rows(3, 50, seed=1) == [0, 1, 2]).all()


@pytest.mark.parametrize(("row_bytes", "rows"), [(16, MOST_ROWS), (2**21, 1024), (2**40, 2)])
def test_how_many_rows_are_taken_is_bounded_in_memory(row_bytes, rows):
    assert default_rows(row_bytes) == rows


def test_a_count_has_its_noun():
    assert (number_of(1, "row"), number_of(1200, "row")) == ("1 row", "1,200 rows")

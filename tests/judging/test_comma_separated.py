"""Tables in .csv files: separators, headers, missing values, and few rows of many."""

import numpy as np
import pytest

from mcgan.errors import UserError
from mcgan.judging.comma_separated import open_csv


def read(tmp_path, text, chosen=None):
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    raw = open_csv(path)
    return raw, raw.take(np.arange(raw.count) if chosen is None else np.array(chosen)).rows


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_numbers_with_a_header_are_an_array(tmp_path, separator):
    raw, rows = read(tmp_path, f"x{separator}y\n1{separator}2\n\n3{separator}4e-1\n")
    assert raw.columns == ["x", "y"] and rows.dtype == np.float64
    assert rows.tolist() == [[1, 2], [3, 0.4]]


def test_numbers_without_a_header_lose_no_row(tmp_path):
    raw, rows = read(tmp_path, "\ufeff1,2\n3,4\n5,6")
    assert raw.columns is None and rows.tolist() == [[1, 2], [3, 4], [5, 6]]


def test_texts_and_missing_values_are_objects(tmp_path):
    _, rows = read(tmp_path, 'age,job\n30,"smith, old"\nNA,?\n41, cook\n')
    assert rows.tolist() == [[30.0, "smith, old"], [None, None], [41.0, "cook"]]


def test_only_chosen_rows_are_kept(tmp_path):
    text = "x\n" + "\n".join(map(str, range(1000)))
    raw, rows = read(tmp_path, text, [0, 500, 999])
    assert raw.count == 1000 and rows.ravel().tolist() == [0, 500, 999]


def test_rows_of_unequal_length_are_named(tmp_path):
    with pytest.raises(UserError, match="row 3 has 1 cells, the first row 2"):
        read(tmp_path, "x,y\n1,2\n3\n")


def test_an_empty_file(tmp_path):
    with pytest.raises(UserError, match="is empty"):
        read(tmp_path, "")


@pytest.mark.parametrize(("header", "columns"), [(",x,y", ["x", "y"]), (",0,1", ["0", "1"])])
def test_an_index_without_a_name_is_left_out(tmp_path, header, columns):
    raw, rows = read(tmp_path, f"{header}\n0,1.5,2\n1,3,4\n")
    assert raw.columns == columns and rows.tolist() == [[1.5, 2], [3, 4]]


def test_the_numbers_of_columns_are_a_header(tmp_path):
    raw, rows = read(tmp_path, "0,1,2\n5,6,7\n")
    assert raw.columns == ["0", "1", "2"] and rows.tolist() == [[5, 6, 7]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_spreadsheets_encoding_is_read(tmp_path, encoding):
    (tmp_path / "x.csv").write_bytes("größe,y\n1,2\n3,4\n".encode(encoding))
    raw = open_csv(tmp_path / "x.csv")
    assert raw.columns == ["größe", "y"] and raw.count == 2


def test_a_letter_may_be_cut_where_the_encoding_is_guessed(tmp_path, monkeypatch):
    monkeypatch.setattr("mcgan.dataset.csv_rows.SNIFFED", 4)  # of the two bytes of ö only one
    (tmp_path / "x.csv").write_bytes("abcö,y\n1,2\n".encode())
    assert open_csv(tmp_path / "x.csv").columns == ["abcö", "y"]

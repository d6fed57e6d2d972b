"""Vectors in .csv files: the same data as an array, its labels, and files that are none."""

import numpy as np
import pytest
import torch

from mcgan.dataset.array import Array
from mcgan.errors import UserError

PLACES = ((-1.0, 0.0, "ash"), (1.0, 0.5, "fir"))


@pytest.fixture(scope="module")
def rows():
    """Lines of two numbers and the word for the place that they lie about."""
    noise = np.random.default_rng(0).normal(scale=0.1, size=(200, 2))
    at = [PLACES[number % 2] for number in range(len(noise))]
    pairs = zip(noise, at, strict=True)
    return [f"{x + a:.5f},{y + b:.5f},{word}" for (a, b), (x, y, word) in pairs]


def written(folder, lines) -> str:
    file = folder / "points.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(file)


def prepared(file: str, **settings) -> Array:
    data = Array(root=file, **settings)
    data.prepare()
    return data


def without_words(rows) -> list[str]:
    return [line.rpartition(",")[0] for line in rows]


def test_a_column_is_the_labels(tmp_path, rows):
    data = prepared(written(tmp_path, ["a,b,tree", *rows]), labels_key="tree")
    assert data.classes == ["ash", "fir"] and data.modes.tolist() == [0, 1] * 100


def test_the_label_column_may_be_named_with_its_file(tmp_path, rows):
    file = written(tmp_path, ["a,b,tree", *rows])
    assert prepared(file, labels=file, labels_key="tree").classes == ["ash", "fir"]


def test_labels_may_lie_in_another_file(tmp_path, rows):
    np.save(tmp_path / "y.npy", np.arange(200) % 2)
    file = written(tmp_path, without_words(rows))
    assert prepared(file, labels=str(tmp_path / "y.npy")).classes == ["0", "1"]


@pytest.mark.parametrize("header", [[], ["a,b"]])
def test_it_is_the_same_data_as_an_array(tmp_path, rows, header):
    pairs = without_words(rows)
    np.save(tmp_path / "x.npy", np.array([line.split(",") for line in pairs], dtype=float))
    file = written(tmp_path, header + pairs)
    ours, theirs = (prepared(name, groups=2) for name in (file, str(tmp_path / "x.npy")))
    assert ours.classes == theirs.classes and torch.equal(ours.rows, theirs.rows)


def test_a_column_without_a_header_is_named_by_its_number(tmp_path, rows):
    assert prepared(written(tmp_path, rows), labels_key="3").classes == ["ash", "fir"]


@pytest.mark.parametrize(
    ("lines", "settings", "why"),
    [
        (["a,b,tree"], {}, "row 2 of column 'tree' holds 'ash'.*dataset.labels_key=tree"),
        (["a,b,tree"], {"labels_key": "trees"}, "no column 'trees'; did you mean 'tree'"),
        (["a,b,tree"], {"key": "a"}, "dataset.key=a is for .npz files"),
        (["a,a,tree"], {"labels_key": "tree"}, "two columns have one name"),
        (["a,b,tree", "1,2"], {}, "row 2 has 2 cells, the first row 3"),
        (["a,b,tree", "nan,2,ash"], {"labels_key": "tree"}, "1 of 201 rows hold a NaN"),
        (["a,b,tree", ",2,ash"], {"labels_key": "tree"}, "row 2 of column 'a' holds ''"),
    ],
)
def test_what_is_no_table_of_vectors_is_refused(tmp_path, rows, lines, settings, why):
    with pytest.raises(UserError, match=why):
        prepared(written(tmp_path, [*lines, *rows]), **settings)


@pytest.mark.parametrize(
    ("lines", "why"), [([""], "must hold at least 20 vectors"), (["a,b"], "at least 20 vectors")]
)
def test_a_file_without_rows_is_refused(tmp_path, lines, why):
    with pytest.raises(UserError, match=why):
        prepared(written(tmp_path, lines))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(
        UserError, match=r"no\.csv is no file: give a \.npy or \.npz file; or a \.csv file"
    ):
        prepared(str(tmp_path / "no.csv"))


@pytest.mark.parametrize("width", [2, 3])
def test_the_numbers_of_columns_are_a_header(tmp_path, width):
    x = np.random.default_rng(0).normal(size=(200, width))
    lines = [",".join(map(str, row)) for row in x]
    header = ",".join(map(str, range(width)))
    assert len(prepared(written(tmp_path, [header, *lines]), groups=2).rows) == 200


def test_two_whole_numbers_above_others_are_data(tmp_path):
    lines = ["0,1", *(f"{number % 7},{number % 5}" for number in range(199))]
    assert len(prepared(written(tmp_path, lines), groups=2).rows) == 200


@pytest.mark.parametrize("header", [",a,b", ",0,1"])
def test_an_index_without_a_name_is_left_out(tmp_path, rows, header):
    pairs = without_words(rows)
    plain = prepared(written(tmp_path, ["a,b", *pairs]), groups=2)
    lines = [f"{number},{line}" for number, line in enumerate(pairs)]
    assert torch.equal(prepared(written(tmp_path, [header, *lines]), groups=2).rows, plain.rows)

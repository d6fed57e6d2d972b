"""Classes of both sides: where they come from, and what fakes without labels get."""

import numpy as np
import pytest

from mcgan.errors import UserError
from mcgan.judging.classes import code_classes, given_labels, settle_labels
from mcgan.judging.samples import Samples

REAL = np.random.default_rng(0).normal(size=(60, 2)).astype(np.float32) + 10 * np.repeat(
    [[0, 0], [1, 0], [0, 1]], 20, 0
).astype(np.float32)
NAMES = np.repeat(["cat", "dog", "emu"], 20)


def of(labels=None, columns=None, rows=REAL):
    return Samples(rows, "vectors", "real", labels=labels, columns=columns)


def test_labels_from_a_file(tmp_path):
    (tmp_path / "a.txt").write_text("cat\ndog\n")
    np.save(tmp_path / "a.npy", np.array([1.0, 0.0]))
    assert [*given_labels(str(tmp_path / "a.txt"))] == ["cat", "dog"]
    assert [*given_labels(tmp_path / "a.npy")] == ["1", "0"]
    assert [*given_labels([1, 2])] == ["1", "2"]
    assert given_labels("folders") is None and given_labels(None) is None
    (tmp_path / "b.npy").write_bytes(b"x")
    with pytest.raises(UserError, match=r"cannot read labels from .*b\.npy"):
        given_labels(tmp_path / "b.npy")


def test_a_column_becomes_the_labels_of_both_sides():
    rows = np.array([[1.0, "a"], [2.0, "b"]], dtype=object)
    table = Samples(rows, "table", "t", columns=["x", "kind"])
    for side in settle_labels(table, table, "kind"):
        assert side.rows.tolist() == [[1.0], [2.0]] and side.columns == ["x"]
        assert [*side.labels] == ["a", "b"]
    with pytest.raises(UserError, match=r"labels=kin: no such file, .* did you mean 'kind'\?"):
        settle_labels(table, table, "kin")


def test_labels_that_are_not_there():
    with pytest.raises(UserError, match="real has no labels of its own: put each class into a"):
        settle_labels(of(), of(), "folders")


def test_labels_of_both_sides_are_taken_as_they_are():
    found = code_classes((of(NAMES[::-1]), REAL), (of(NAMES), REAL))
    assert found.names == ["cat", "dog", "emu"] and not found.notes
    assert (found.fakes == found.real[::-1]).all() and (found.real == np.arange(60) // 20).all()


def test_fakes_without_labels_get_the_class_of_their_neighbours():
    fakes = np.array([[0, 0], [10, 1], [1, 9]], np.float32)
    found = code_classes((of(), fakes), (of(NAMES), REAL))
    assert found.fakes.tolist() == [0, 1, 2] and "right for 100% of the real" in found.notes[0]
    mixed = code_classes((of(), fakes), (of(np.tile(["cat", "dog", "emu"], 20)), REAL))
    assert "100%" not in mixed.notes[0]


def test_a_class_that_no_real_sample_has():
    with pytest.raises(UserError, match=r"real has the class 'cow', .* \(they have: cat, dog, emu"):
        code_classes((of(np.tile(["cow", "emu"], 30)), REAL), (of(NAMES), REAL))
    other = code_classes((of(np.repeat(["batch1"], 60)), REAL), (of(NAMES), REAL))
    assert (other.fakes == other.real).all() and other.notes

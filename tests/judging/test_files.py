"""Files of samples, as people write them; damaged ones are one sentence."""

import pathlib
import pickle
import zipfile

import numpy as np
import pytest
import torch

from mcgan.dataset.array_files import read_array
from mcgan.errors import UserError
from mcgan.experiment.verbs import read_file
from mcgan.judging.classes import read_labels
from mcgan.judging.files import open_file

ROWS = np.random.default_rng(0).normal(size=(20, 3))
EVERY = np.arange(20)


def read(path, key=None):
    raw = open_file(path, key)
    return raw.take(np.arange(raw.count))


def test_npy_is_mapped_and_only_the_taken_rows_are_read(tmp_path):
    path = tmp_path / "x.npy"
    np.save(path, ROWS)
    raw = open_file(path, None)
    assert raw.count == 20
    path.write_bytes(path.read_bytes())  # the mapping is of the file, which may change
    taken = raw.take(np.array([2, 5])).rows
    assert (taken == ROWS[[2, 5]]).all() and not isinstance(taken, np.memmap)


def test_npz_takes_the_samples_beside_their_labels(tmp_path):
    path = tmp_path / "x.npz"
    np.savez(path, arr_0=ROWS, arr_1=np.arange(20) % 2)
    taken = read(path)
    assert (taken.rows == ROWS).all() and [*taken.labels[:3]] == ["0", "1", "0"]


def test_npz_with_several_arrays_wants_a_key(tmp_path):
    path = tmp_path / "x.npz"
    np.savez(path, train=ROWS, test=ROWS[:5])
    assert len(read(path, "test").rows) == 5
    with pytest.raises(UserError, match=r"holds train, test: say which .* by key=NAME"):
        read(path)
    with pytest.raises(UserError, match=r"has no array 'tset'; did you mean 'test'\?"):
        read(path, "tset")


@pytest.mark.parametrize(
    "content",
    [
        torch.tensor(ROWS),
        {"x": torch.tensor(ROWS), "y": torch.arange(20), "name": "mine"},
        (torch.tensor(ROWS), torch.arange(20)),
    ],
)
def test_pt_holds_a_tensor_or_some(tmp_path, content):
    torch.save(content, tmp_path / "x.pt")
    assert (read(tmp_path / "x.pt").rows == ROWS).all()


def test_pt_runs_no_code(tmp_path):
    torch.save({"x": torch.nn.Linear(2, 2)}, tmp_path / "x.pt")
    with pytest.raises(UserError, match="more than tensors, which could run code; is it whole"):
        read(tmp_path / "x.pt")


def test_a_pickle_that_torch_warns_of_is_one_sentence_without_torchs_advice(tmp_path):
    """Warnings are errors here. Torch's own message advises to read the file with its code."""
    (tmp_path / "x.pth").write_bytes(pickle.dumps(pathlib.PurePosixPath("a"), protocol=4))
    with pytest.raises(UserError, match="holds more than tensors") as refused:
        read(tmp_path / "x.pth")
    assert "weights_only" not in str(refused.value)


def test_parquet_is_read_by_pandas(pandas, tmp_path, monkeypatch):
    """No engine need be installed here: what pandas gives is what is read."""
    frame = pandas.DataFrame({"age": [1, 2, None], "job": ["a", None, "b"]})
    monkeypatch.setattr(pandas, "read_parquet", lambda path: frame)
    raw = open_file(tmp_path / "x.parquet", None)
    assert raw.columns == ["age", "job"]
    assert raw.take(np.arange(3)).rows.tolist() == [[1.0, "a"], [2.0, None], [None, "b"]]


def test_parquet_without_an_engine_says_what_to_install(pandas, tmp_path, monkeypatch):
    def fail(path):
        raise ImportError("no engine")

    monkeypatch.setattr(pandas, "read_parquet", fail)
    with pytest.raises(UserError, match="pip install pandas pyarrow, or save the table"):
        open_file(tmp_path / "x.parquet", None)


@pytest.mark.parametrize("name", ["x.npy", "x.npz", "x.pt", "x.parquet"])
def test_a_damaged_file_is_one_sentence(tmp_path, name):
    (tmp_path / name).write_bytes(b"\x93NUMPY nothing of the kind")
    with pytest.raises(UserError, match=rf"{name}.*(is it whole|pip install)"):
        open_file(tmp_path / name, None)


def test_a_bit_of_a_header_makes_no_traceback(tmp_path):
    """The words of NumPy's header are read as Python's: an open bracket has an error of its own."""
    path = tmp_path / "x.npy"
    np.save(path, ROWS)
    path.write_bytes(path.read_bytes().replace(b"), }", b"(, }"))
    for reader in (open_file, lambda file, _: read_labels(file), lambda file, _: read_file(file)):
        with pytest.raises(UserError, match=r"x\.npy"):
            reader(path, None)


def test_an_archive_that_is_called_npy_is_told_its_name(tmp_path):
    np.savez(tmp_path / "x.npz", ROWS)
    (tmp_path / "x.npz").rename(tmp_path / "x.npy")
    with pytest.raises(UserError, match=r"x\.npy is an archive of arrays: call it \.npz"):
        open_file(tmp_path / "x.npy", None)


def test_what_is_no_array_in_an_archive_is_passed_over(tmp_path):
    path = tmp_path / "x.npz"
    np.savez(path, arr_0=ROWS)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("notes.txt", "of no use")
    assert (read(path).rows == ROWS).all()
    with pytest.raises(UserError, match=r"notes\.txt in it is no array"):
        read_array(str(path), "notes.txt", "dataset.root")


def test_objects_in_npy_are_not_unpickled(tmp_path):
    np.save(tmp_path / "x.npy", np.array([{}, None], dtype=object), allow_pickle=True)
    with pytest.raises(UserError, match="cannot read"):
        open_file(tmp_path / "x.npy", None)


@pytest.mark.parametrize(
    ("name", "key", "told"),
    [
        ("x.mat", None, "samples are read from .npy, .npz"),
        ("x", None, "a file without a suffix"),
        ("x.npy", "a", "holds one array without a name: leave out key=a"),
    ],
)
def test_what_cannot_be_read(tmp_path, name, key, told):
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(UserError, match=told):
        open_file(tmp_path / name, key)


def test_records_are_refused(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros(3, dtype=[("a", float), ("b", int)]))
    with pytest.raises(UserError, match=r"holds records \(a, b\)"):
        open_file(tmp_path / "x.npy", None)

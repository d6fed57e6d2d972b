import numpy as np
import pytest

from mcgan.dataset.array_files import read_array, read_labels
from mcgan.errors import UserError


@pytest.fixture
def files(tmp_path):
    np.save(tmp_path / "x.npy", np.arange(6).reshape(3, 2))
    np.savez(tmp_path / "one.npz", only=np.arange(3))
    np.savez(tmp_path / "two.npz", a=np.arange(3), b=np.arange(4))
    np.save(tmp_path / "objects.npy", np.array([None, {}]), allow_pickle=True)
    (tmp_path / "text.npy").write_text("1,2\n3,4\n")
    (tmp_path / "cut.npy").write_bytes((tmp_path / "x.npy").read_bytes()[:-8])
    (tmp_path / "cut.npz").write_bytes((tmp_path / "two.npz").read_bytes()[:-30])
    return tmp_path


@pytest.mark.parametrize(("name", "key", "size"), [
    ("x.npy", None, 6), ("one.npz", None, 3), ("one.npz", "only", 3), ("two.npz", "b", 4),
])  # fmt: skip
def test_an_array_is_found(files, name, key, size):
    assert read_array(str(files / name), key, "dataset.root").size == size


def test_a_large_file_is_mapped_not_read(files):
    assert isinstance(read_array(str(files / "x.npy"), None, "dataset.root"), np.memmap)


@pytest.mark.parametrize(("name", "key", "message"), [
    ("absent.npy", None, r"dataset\.root=.*absent\.npy is no file"),
    (".", None, "is no file"),
    ("two.npz", None, "holds the arrays a, b: name one of them with dataset.key"),
    ("two.npz", "c", "holds the arrays a, b"),
    ("objects.npy", None, "is no array in NumPy's format"),
    ("text.npy", None, "is no array in NumPy's format"),
    ("cut.npy", None, "is no array in NumPy's format"),
    ("cut.npz", "a", "is no array in NumPy's format"),
])  # fmt: skip
def test_what_is_no_array_is_refused_in_a_line(files, name, key, message):
    with pytest.raises(UserError, match=message) as error:
        read_array(str(files / name), key, "dataset.root")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("given", "names", "labels"), [
    ([10, 2, 10], ["2", "10"], [1, 0, 1]), (["b", "a", "b"], ["a", "b"], [1, 0, 1]),
    ([b"b", b"a", b"b"], ["a", "b"], [1, 0, 1]),
    ([True, False, True], ["False", "True"], [1, 0, 1]),
])  # fmt: skip
def test_labels_are_numbers_or_words(tmp_path, given, names, labels):
    np.save(tmp_path / "y.npy", np.array(given))
    found = read_labels(str(tmp_path / "y.npy"), None, 3)
    assert found[1] == names and found[0].tolist() == labels


@pytest.mark.parametrize("given", [[1, 2], [[1], [2], [3]], [0.5, 1.0, 2.0]])
def test_labels_that_do_not_fit_are_refused(tmp_path, given):
    np.save(tmp_path / "y.npy", np.array(given))
    with pytest.raises(UserError, match=r"dataset\.labels=.*for each of 3 examples"):
        read_labels(str(tmp_path / "y.npy"), None, 3)

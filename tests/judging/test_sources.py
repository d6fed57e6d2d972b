"""Samples of any source, read by one call; a mistake is one sentence that says what to do."""

import numpy as np
import pytest
import torch
from PIL import Image

from mcgan.errors import UserError
from mcgan.judging import samples as settings
from mcgan.judging.sources import is_call, read_samples


def make(n):
    return torch.randn(n, 2)


def test_a_large_file_is_judged_by_a_stated_subsample(tmp_path):
    rows = np.lib.format.open_memmap(tmp_path / "x.npy", "w+", np.float32, (1_000_000, 2))
    rows[:, 0] = np.arange(1_000_000)
    rows.flush()
    read = read_samples(tmp_path / "x.npy")
    assert read.rows.shape == (settings.MOST_ROWS, 2) and read.rows[:, 0].max() > 990_000
    assert read.notes == ("10,000 of 1,000,000 samples are taken, drawn by seed 0",)
    assert read.digest == read_samples(tmp_path / "x.npy").digest
    assert read.digest != read_samples(tmp_path / "x.npy", seed=1).digest
    assert len(read_samples(tmp_path / "x.npy", n=5)) == 5


def test_labels_go_with_the_rows_that_are_taken(tmp_path):
    rows = np.arange(100.0)[:, None]
    read = read_samples(rows, n=10, labels=np.arange(100))
    assert [*read.labels] == [str(int(row)) for row in read.rows[:, 0]]
    with pytest.raises(UserError, match="there are 99 labels for the 100 samples of ndarray"):
        read_samples(rows, labels=np.arange(99))


def test_labels_go_with_the_pictures_that_can_be_read(tmp_path):
    for number in range(4):
        Image.new("L", (8, 8), 50 * number).save(tmp_path / f"{number}.png")
    (tmp_path / "1.png").write_bytes(b"")
    read = read_samples(str(tmp_path), labels=["a", "b", "c", "d"])
    assert [*read.labels] == ["a", "c", "d"] and read.name == str(tmp_path)


def test_a_function_by_its_word(tmp_path, monkeypatch):
    (tmp_path / "my_generator.py").write_text(
        "import torch\ndef sample(n):\n    return torch.rand(n, 3)\nready = torch.zeros(4, 1)\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", __import__("sys").path[:])
    assert read_samples("my_generator:sample", n=7).rows.shape == (7, 3)
    assert read_samples("my_generator:ready").rows.shape == (4, 1)
    assert is_call("my_generator:sample") and not is_call("my_generator:ready")
    with pytest.raises(UserError, match=r"'my_generator' has no 'sampel'; did you mean 'sample'"):
        read_samples("my_generator:sampel")


def test_an_error_in_a_users_module_is_told(tmp_path, monkeypatch):
    (tmp_path / "broken_generator.py").write_text("1 / 0\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", __import__("sys").path[:])
    with pytest.raises(UserError, match=r"cannot import 'broken_generator' .*ZeroDivisionError"):
        read_samples("broken_generator:sample")


def test_a_function_is_known_by_being_one():
    assert is_call(make) and not is_call([make(2)]) and not is_call("there/is/none.npy")
    data = torch.utils.data.TensorDataset(torch.zeros(3, 2))
    assert not is_call(data)


def test_what_was_read_before_is_given_back():
    read = read_samples(np.zeros((5, 2)))
    assert read_samples(read) is read


@pytest.mark.parametrize(
    ("source", "n", "told"),
    [
        ("none.npy", None, "there is no file or folder none.npy: give the path of samples, or a"),
        (np.zeros((1, 2)), None, "ndarray of 1×2 has 1 sample: at least 2 are needed"),
        (np.zeros((5, 2)), 0, "n must be a whole number of at least 1"),
        (np.array([[0.0, np.nan]] * 3), None, "3 of 3 rows hold NaN"),
    ],
)
def test_mistakes(source, n, told):
    with pytest.raises(UserError, match=told):
        read_samples(source, n=n)


def test_one_picture_that_can_be_read(tmp_path):
    Image.new("L", (8, 8)).save(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes(b"")
    with pytest.raises(UserError, match=r"1 sample of 2 can be read, and at least 2 .*b\.png"):
        read_samples(tmp_path)

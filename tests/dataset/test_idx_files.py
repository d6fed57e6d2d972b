"""IDX files: where they are looked for, plain or gzipped, and what is said of damaged ones."""

import gzip

import numpy as np
import pytest
import torch

from mcgan.dataset import idx_files
from mcgan.errors import UserError
from small_files import write_idx

SOURCE = idx_files.FASHION._replace(installed=idx_files.Path("/nowhere/fashion-mnist"))


@pytest.mark.parametrize("place", ["FashionMNIST/raw", "fashion-mnist"])
@pytest.mark.parametrize("zipped", [False, True])
def test_files_are_found_in_both_layouts(tmp_path, place, zipped):
    written = write_idx(tmp_path / place, zipped=zipped)
    images, labels = idx_files.read(SOURCE, str(tmp_path), train=True, download=False)
    assert images.dtype == torch.uint8 and labels.dtype == torch.int64
    assert np.array_equal(images, written[0]) and np.array_equal(labels, written[1])


def test_the_folder_itself_must_have_the_name_of_its_data(tmp_path):
    """MNIST's files have the same names: clothes were taken for digits."""
    write_idx(tmp_path / "fashion-mnist")
    write_idx(tmp_path / "clothes")
    assert idx_files.find(SOURCE, tmp_path / "fashion-mnist", train=True)
    nowhere = idx_files.MNIST._replace(installed=tmp_path / "absent" / "mnist")
    for folder in (tmp_path, tmp_path / "fashion-mnist", tmp_path / "clothes"):
        assert idx_files.find(nowhere, folder, train=True) is None
    assert idx_files.find(SOURCE, tmp_path / "clothes", train=True) is None


def test_the_place_of_the_systems_package_is_the_last(tmp_path):
    installed = SOURCE._replace(installed=tmp_path / "usr" / "fashion-mnist")
    theirs = write_idx(tmp_path / "usr" / "fashion-mnist", seed=1)
    read = lambda: idx_files.read(installed, str(tmp_path), True, False)[0]  # noqa: E731
    assert np.array_equal(read(), theirs[0])
    ours = write_idx(tmp_path / "FashionMNIST" / "raw", seed=2)
    assert np.array_equal(read(), ours[0])


def test_missing_files_name_all_ways_out(tmp_path):
    with pytest.raises(UserError) as error:
        idx_files.read(SOURCE, str(tmp_path), train=True, download=False)
    for word in (
        str(tmp_path),
        "dataset.download=true",
        "dataset.root",
        "MCGAN_DATA",
        "dataset-fashion-mnist",
    ):
        assert word in str(error.value)


def test_no_connection_is_one_line(tmp_path, monkeypatch):
    def refuse(*args, **words):
        raise OSError("no route to host")

    monkeypatch.setattr("torchvision.datasets.FashionMNIST", refuse)
    with pytest.raises(UserError, match=r"could not download FashionMNIST.*check the connection"):
        idx_files.read(SOURCE, str(tmp_path), train=True, download=True)


@pytest.mark.parametrize("content", [
    b"", b"\0\0\x08", b"<html>", b"\0\0\x08\x03" + b"\0" * 8, b"\0\0\x0d\x01\0\0\0\x01\0",
    b"\0\0\x08\x01\0\0\0\x03abc", b"\0\0\x08\x03" + b"\0\0\0\x01" * 3 + b"a",
])  # fmt: skip
@pytest.mark.parametrize("zipped", [False, True])
def test_damaged_files_are_the_users_to_mend(tmp_path, content, zipped):
    write_idx(tmp_path / "fashion-mnist", zipped=zipped)
    file = tmp_path / "fashion-mnist" / ("train-images-idx3-ubyte" + ".gz" * zipped)
    file.write_bytes(gzip.compress(content) if zipped else content)
    with pytest.raises(UserError, match="FashionMNIST") as error:
        idx_files.read(SOURCE, str(tmp_path), train=True, download=False)
    assert "damaged" in str(error.value) and "\n" not in str(error.value)


def test_a_cut_gzip_file_is_damaged(tmp_path):
    write_idx(tmp_path / "fashion-mnist", zipped=True)
    file = tmp_path / "fashion-mnist" / "train-images-idx3-ubyte.gz"
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(UserError, match="cannot read FashionMNIST"):
        idx_files.read(SOURCE, str(tmp_path), train=True, download=False)

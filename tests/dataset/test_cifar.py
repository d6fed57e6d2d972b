"""CIFAR's files: read as they are, and never run."""

import os
import pickle

import numpy as np
import pytest
import torch

from mcgan.dataset import cifar
from mcgan.dataset.cifar10 import CIFAR10
from mcgan.errors import UserError
from small_files import write_cifar

SOURCES = [cifar.TEN, cifar.HUNDRED]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_files_are_read_as_python_2_wrote_them(tmp_path, source):
    written = write_cifar(tmp_path, hundred=source is cifar.HUNDRED)
    images, labels, names = cifar.read(source, tmp_path, train=True, download=False)
    assert images.dtype == torch.uint8 and images.shape == (len(written), 3, 32, 32)
    assert np.array_equal(images.reshape(-1, 3072), written)
    assert names == ["kind 0", "kind 1"] and torch.equal(labels, torch.arange(len(labels)) % 2)
    test = cifar.read(source, tmp_path, train=False, download=False)
    assert len(test[0]) == 40 and not torch.equal(test[0], images[:40])


@pytest.mark.parametrize("protocol", [2, 3, 5])
def test_arrays_pickled_anew_are_read_too(tmp_path, protocol):
    file = tmp_path / "batch"
    content = {"data": np.arange(12, dtype=np.uint8).reshape(3, 4), "labels": [1, 2, 3]}
    file.write_bytes(pickle.dumps(content, protocol))
    if protocol == 2:  # bytes need a function there, which is not admitted
        with pytest.raises(pickle.UnpicklingError, match="_codecs"):
            cifar.unpickle(file)
    else:
        assert np.array_equal(cifar.unpickle(file)["data"], content["data"])


class Command:
    def __reduce__(self):
        return os.system, ("touch ran",)


@pytest.mark.parametrize("harmful", [
    Command(), {"data": Command()}, np.array([Command()], dtype=object), np.zeros, print,
])  # fmt: skip
def test_a_pickle_that_names_a_function_is_refused_unread(tmp_path, monkeypatch, harmful):
    monkeypatch.chdir(tmp_path)
    write_cifar(tmp_path)
    (tmp_path / "cifar-10-batches-py" / "data_batch_3").write_bytes(pickle.dumps(harmful))
    with pytest.raises(UserError, match=r"cannot read CIFAR10.*which is no array"):
        cifar.read(cifar.TEN, tmp_path, train=True, download=False)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"junk",
        pickle.dumps([1]),
        pickle.dumps({"data": [1]}),
        pickle.dumps({"data": "x", "labels": [1]}),
    ],
)
def test_damaged_files_are_one_line(tmp_path, content):
    write_cifar(tmp_path)
    (tmp_path / "cifar-10-batches-py" / "test_batch").write_bytes(content)
    with pytest.raises(UserError, match="delete the damaged files") as error:
        cifar.read(cifar.TEN, tmp_path, train=False, download=False)
    assert "\n" not in str(error.value)


def test_missing_files_are_named_with_the_ways_out(tmp_path, monkeypatch):
    monkeypatch.setenv("MCGAN_DATA", str(tmp_path))
    with pytest.raises(UserError) as error:
        CIFAR10().prepare()
    for word in (
        "cifar-10-batches-py",
        "data_batch_5",
        "dataset.download=true",
        "dataset.root",
        "MCGAN_DATA",
    ):
        assert word in str(error.value)
    write_cifar(tmp_path)
    (tmp_path / "cifar-10-batches-py" / "data_batch_2").unlink()
    with pytest.raises(UserError, match=r"\(data_batch_2 missing\)"):
        CIFAR10().prepare()


def test_no_connection_is_one_line(tmp_path, monkeypatch):
    def refuse(*args, **words):
        raise OSError("no route to host")

    monkeypatch.setattr(cifar, "download_and_extract_archive", refuse)
    with pytest.raises(UserError, match=r"could not download CIFAR10.*no route.*unpack cifar-10"):
        CIFAR10(root=str(tmp_path), download=True).prepare()


def test_what_is_asked_for_is_torchvisions_archive(tmp_path, monkeypatch):
    def deliver(url, folder, filename, md5):
        assert url.endswith("/cifar-10-python.tar.gz") and filename == "cifar-10-python.tar.gz"
        assert md5 == "c58f30108f718f92721af3b95e74349a"
        write_cifar(tmp_path)

    monkeypatch.setattr(cifar, "download_and_extract_archive", deliver)
    assert len(cifar.read(cifar.TEN, tmp_path, train=True, download=True)[0]) == 200

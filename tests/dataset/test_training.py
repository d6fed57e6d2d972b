"""`mcgan train dataset=NAME` on tiny files of each kind: nets of the right size, modes counted."""

import json

import numpy as np
import pytest

from mcgan.dataset.ring import Ring
from small_files import paint_blocks, write_cifar, write_idx

SMALL = (
    "arch.latent=4",
    "arch.width=2",
    "arch.critic_width=2",
    "train.steps=2",
    "train.batch_size=4",
    "train.threads=1",
    "train.compile=false",
    "eval.samples=50",
    "name=tiny",
)


@pytest.fixture
def files(home, tmp_path, monkeypatch):
    monkeypatch.setenv("MCGAN_DATA", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return home


def vectors(files):
    np.save(files / "x.npy", Ring().sample(400).numpy())
    return ["dataset.root=x.npy", "dataset.groups=8"]


def pictures(files):
    np.save(files / "x.npy", paint_blocks(90)[..., :1])
    return ["dataset.root=x.npy", "dataset.groups=3", "dataset.size=8"]


def clothes(files):
    write_idx(files / "FashionMNIST" / "raw", zipped=True)
    return []


def colours(files):
    write_cifar(files, n=20)
    return ["dataset.steps=10"]


def digits(files):
    pytest.importorskip("sklearn")
    return ["dataset.steps=10"]


@pytest.mark.parametrize(("name", "write", "modes"), [
    ("array", vectors, 8), ("images", pictures, 3), ("fashion_mnist", clothes, 10),
    ("stacked_fashion", clothes, 1000), ("cifar10", colours, 2), ("digits", digits, 10),
])  # fmt: skip
def test_a_run_of_two_steps_counts_modes(files, cli, name, write, modes):
    ended = cli("train", f"dataset={name}", *write(files), *SMALL)
    assert ended.code == 0, ended.err
    result = json.loads((files / "runs" / "tiny" / "result.json").read_text())
    assert result["step"] == 2 and f"/{modes:,}" in ended.out + ended.err


@pytest.mark.parametrize(("word", "array", "message"), [
    ("array", (30, 8, 8), "choose dataset=images"), ("images", (30, 8), "choose dataset=array"),
])  # fmt: skip
def test_the_other_kind_of_file_is_one_line(files, cli, word, array, message):
    np.save(files / "x.npy", np.zeros(array, np.uint8))
    ended = cli("train", f"dataset={word}", "dataset.root=x.npy", *SMALL)
    assert ended.code == 2 and message in ended.err and "Traceback" not in ended.err
    assert not (files / "runs" / "tiny").exists()


def test_the_card_of_each_explains_its_settings(cli):
    listed = cli("list", "dataset", "array").out
    for said in ("groups", "found by k-means", ".npz", "at least 1"):
        assert said in listed

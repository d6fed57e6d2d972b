"""`mcgan.judge` on arrays, files and runs of ours."""

import contextlib

import numpy as np
import pytest

import mcgan
from judged import draw_ring
from mcgan.errors import UserError
from mcgan.experiment.judge import judge_all, key_of
from mcgan.experiment.run_samples import find_run, real_of

SMALL = (
    "train.batch_size=8",
    "train.threads=1",
    "arch.width=8",
    "eval.samples=50",
    "dataset.modes=4",
)


@pytest.fixture(scope="module")
def trained(folder):
    """A run of two steps, in runs/ of the working directory."""
    with contextlib.chdir(folder):
        yield mcgan.train(*SMALL, steps=2, folder="runs/first", progress=False)


@pytest.fixture
def here(trained, folder, monkeypatch):
    monkeypatch.chdir(folder)
    return trained


def test_a_run_is_judged_by_its_own_data_whichever_way_it_is_named(here, folder):
    found = [
        mcgan.judge(word, n=150, progress=False)
        for word in ("first", "run:first", str(folder / "runs/first"), here)
    ]
    assert len({each.verdict for each in found}) == 1 and found[0].kind == "poor"
    assert found[0].name == "runs/first"
    assert found[0].pair.real_samples.name == "the data of runs/first"
    fakes = here.sample(150, seed=0).numpy()
    assert (found[0].pair.fake_samples.rows == fakes).all()
    assert len(found[0].pair.real) == 150


def test_the_modes_of_a_run_are_labels(here):
    found = mcgan.judge(here, labels="folders", n=150, progress=False)
    assert found.pair.classes == ("0", "1", "2", "3")
    assert len(found.groups) == 4


def test_other_samples_are_judged_by_a_runs_data_and_by_a_dataset(here):
    rows, _ = draw_ring(200)
    by_run = mcgan.judge(rows, "run:last", n=150, progress=False)
    by_data = mcgan.judge(rows, here.dataset, n=150, progress=False)
    assert by_run.kind == by_data.kind and (by_run.pair.real == by_data.pair.real).all()
    assert by_data.pair.real_samples.name == "Ring"


def test_data_of_a_finite_set_are_taken_once_each(tmp_path):
    np.save(tmp_path / "x.npy", np.arange(60.0).reshape(30, 2))
    data = mcgan.build_dataset("array", root=str(tmp_path / "x.npy"), groups=2)
    rows = real_of(data, False, 0)(99)
    assert len(np.unique(rows.numpy(), axis=0)) == len(rows) <= 30


def test_a_file_or_a_folder_wins_over_the_name_of_a_run(here, folder):
    np.save(folder / "first", np.zeros((3, 2)))
    (folder / "first.npy").rename(folder / "first")
    assert find_run("first") is None and find_run("run:first") is not None
    (folder / "first").unlink()
    assert find_run(np.zeros(3)) is None and find_run("there/is/none") is None


def test_several_are_judged_by_the_same_real_rows(tmp_path):
    rows, mode = draw_ring(300)
    np.savez(tmp_path / "real.npz", x=rows, mode=mode)
    np.save(tmp_path / "a.npy", draw_ring(150, 3, seed=1)[0])
    words = dict(
        heldout=None, labels="folders", features="auto", n=250, seed=3, key="x", progress=False
    )
    first, second = judge_all(
        [tmp_path / "a.npy", draw_ring(150, seed=2)[0]], tmp_path / "real.npz", **words
    )
    assert first.collapsed and not second.collapsed
    assert (
        first.pair.real_samples is second.pair.real_samples
        or (first.pair.real == second.pair.real).all()
    )
    assert {group.name for group in first.missing.groups} == {*"34567"} and first.seed == 3


@pytest.mark.parametrize(
    ("source", "others", "key"),
    [
        ("a.npy", ["real.npz"], None),
        ("real.npz", ["a.npy"], "x"),
        ("a.npy", ["b.npy"], "x"),
        ({}, [None], "x"),
    ],
)
def test_a_key_is_for_the_file_that_has_names(source, others, key):
    assert key_of(source, "x", others) == key


@pytest.mark.parametrize(
    ("fakes", "real", "told"),
    [
        (np.zeros((5, 2)), None, "ndarray of 5×2 is no run whose data are known"),
        ("a.npy", None, "a.npy is no run whose data are known"),
        ("run:nowhere", None, "no run 'nowhere'"),
        ("nowhere", np.zeros((5, 2)), "there is no file or folder nowhere"),
    ],
)
def test_mistakes_are_one_sentence(fakes, real, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=told) as caught:
        mcgan.judge(fakes, real, progress=False)
    assert "\n" not in str(caught.value)

"""Vectors in a file: groups or labels, and the same measures as for modes that have a formula."""

from functools import partial

import numpy as np
import pytest
import torch
from torch import Generator

import mcgan
from mcgan.dataset.array import Array
from mcgan.dataset.data_units import net_units
from mcgan.dataset.mixture import Mixture
from mcgan.errors import UserError
from mcgan.experiment.laws.dataset import laws_of

SETTINGS = {"dim": 3, "components": 4, "apart": 3.0, "std": 0.2}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Vectors of a mixture, the modes they are of as numbers and as words, and both in one file."""
    folder, mixture = tmp_path_factory.mktemp("arrays"), Mixture(**SETTINGS)
    x = mixture.draw(4000, Generator().manual_seed(0))
    mode = mixture.recognise(x).mode.numpy()
    np.save(folder / "x.npy", x.numpy() * mixture.scale)
    np.save(folder / "words.npy", np.array(["ash", "beech", "cedar", "fir"])[mode])
    np.savez(folder / "both.npz", x=x.numpy() * mixture.scale, y=mode)
    return folder


def prepared(folder, name="x.npy", **settings) -> Array:
    data = Array(root=str(folder / name), **{"groups": 4, **settings})
    data.prepare()
    return data


@pytest.fixture(scope="module")
def found(folder) -> Array:
    return prepared(folder)


LAWS = ["its samples have the shape", "its draws follow the generator",
        "its weights are a distribution", "every sample is recognised",
        "samples are recognised one by one", "real data meets the ceiling",
        "real data follows the weights", "the default protocol keeps its rule",
        "vectors have unit spread", "vectors are regions, not classes"]  # fmt: skip


@pytest.mark.parametrize("labelled", [False, True])
def test_it_keeps_the_laws(folder, labelled):
    words = {"labels": str(folder / "words.npy")} if labelled else {}
    laws = laws_of(partial(prepared, folder, **words))
    assert [*laws] == LAWS
    for law in laws.values():
        law()


def test_found_groups_are_the_modes(found):
    mixture = Mixture(**SETTINGS)
    x = mixture.sample(2000, seed=1)
    theirs = mixture.recognise(net_units(x, mixture))
    ours = found.recognise(net_units(x, found))
    assert len(torch.stack([theirs.mode, ours.mode], 1).unique(dim=0)) == 4
    assert (theirs.good == ours.good).double().mean() > 0.98
    assert found.facts()["classes"] == ["group 1", "group 2", "group 3", "group 4"]
    assert found.facts()["rows_recognised"] > 0.99
    assert found.ceiling == pytest.approx(0.989, abs=0.001)


def test_labels_name_the_modes_and_say_their_shares(folder):
    data = prepared(folder, labels=str(folder / "words.npy"))
    again = prepared(folder, "both.npz", key="x", labels=str(folder / "both.npz"), labels_key="y")
    words = np.load(folder / "words.npy")
    assert data.classes == ["ash", "beech", "cedar", "fir"]
    assert again.classes == ["0", "1", "2", "3"]
    assert data.weights.tolist() == [(words == name).mean() for name in data.classes]
    assert torch.equal(again.recognise(data.rows).mode, data.recognise(data.rows).mode)


def test_a_perfect_sampler_and_what_goes_wrong(found):
    x = found.draw(4000, Generator().manual_seed(2))
    seen = found.recognise(x)
    assert found.width_ratio(x, seen) == pytest.approx(1, abs=0.02)
    assert found.least_spread(x, seen) == pytest.approx(1, abs=0.06)
    centre = found.law.centres[seen.mode].float()
    narrow = centre + (x - centre) / 2
    assert found.width_ratio(narrow, found.recognise(narrow)) == pytest.approx(0.5, abs=0.02)
    line = centre + (x - centre) * torch.tensor([1.0, 0.0, 0.0])
    assert found.least_spread(line, found.recognise(line)) == pytest.approx(0, abs=0.01)
    lost = x[seen.mode != 1]
    scores = mcgan.evaluate(lost * found.scale, found)
    assert (scores["modes_covered"], scores["modes_published"]) == (3, 3)


def test_a_long_group_is_judged_along_its_own_axes(tmp_path):
    """A round σ would call the ends of a long group poor, and noise beside it good."""
    random = np.random.default_rng(0)
    long, round_one = random.standard_normal((2, 1000, 2))
    both = np.concatenate([long * [3, 0.1] - [0, 4.5], round_one + np.array([0, 4.5])])
    np.save(tmp_path / "x.npy", both)
    data = prepared(tmp_path, groups=2)
    centre = data.law.centres.float()[data.recognise(torch.tensor([[0.0, -4.5]]) / data.scale).mode]
    beside = centre + torch.tensor([[6.0, 0.0], [0.0, 1.0]]) / data.scale
    assert data.recognise(beside).good.tolist() == [True, False]


@pytest.mark.parametrize(("array", "message"), [
    (np.zeros((30, 4, 4)), r"holds pictures \(30, 4, 4\): choose dataset=images"),
    (np.zeros((30, 3, 4, 4)), "choose dataset=images"),
    (np.zeros(30), r"at least 20 vectors.*not \(30,\)"),
    (np.zeros((3, 2)), r"at least 20 vectors.*not \(3, 2\)"),
    (np.ones((30, 2)), "all rows are the same"),
    (np.array([[1.0, np.nan]] + [[0.0, 1.0]] * 29), "1 of 30 rows hold a NaN"),
    (np.arange(60.0).reshape(30, 2) + 1e4, "without their means"),
    (np.array([["a", "b"]] * 30), "must be an array of numbers"),
])  # fmt: skip
def test_what_are_no_vectors_is_refused_in_a_line(tmp_path, array, message):
    np.save(tmp_path / "x.npy", array)
    with pytest.raises(UserError, match=message) as error:
        prepared(tmp_path)
    assert "\n" not in str(error.value)


def test_a_class_with_few_rows_is_refused(folder):
    words = np.load(folder / "words.npy")
    words[:3] = "larch"
    np.save(folder / "rare.npy", words)
    with pytest.raises(UserError, match=r"class 'larch'.*has 3 rows.*at least 20"):
        prepared(folder, labels=str(folder / "rare.npy"))


@pytest.mark.parametrize("setting", [{"groups": 0}, {"groups": 2000}])
def test_refuses_settings_out_of_range(setting):
    with pytest.raises(ValueError, match="groups"):
        Array(root="x", **setting)


def test_from_python_a_file_is_a_keyword(folder):
    assert mcgan.build_dataset("array", root=folder / "x.npy", groups=3).num_modes == 3


def test_a_key_of_labels_without_labels_is_refused(folder):
    with pytest.raises(UserError, match=r"labels_key=kind names the labels .*: give that, too"):
        prepared(folder, labels_key="kind")

"""A run that starts with the weights of another run's players, and which runs it cannot take."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

import mcgan
from mcgan.errors import UserError
from mcgan.experiment import fit
from mcgan.experiment.components import Components, build_components
from mcgan.experiment.first_weights import read_first_weights
from mcgan.run.directory import RunDirectory
from mcgan.types import Tensors
from small import composed

WORDS = (
    "arch.latent=4",
    "arch.width=8",
    "train.batch_size=8",
    "eval.samples=50",
    "eval.every=0",
    "train.threads=1",
    "train.compile=false",
)
STILL = ("optim=sgd", "optim.lr=0")  # trained with these, weights stay as they began


def train(folder: Path, *words: str, replicas: int = 2, steps: int = 3) -> mcgan.TrainedRun:
    return mcgan.train(
        *WORDS, *words, steps=steps, replicas=replicas, folder=folder, progress=False
    )


@pytest.fixture(scope="module")
def source(folder: Path) -> mcgan.TrainedRun:
    """Two replicas that have moved a little from where they were drawn."""
    return train(folder / "source", "optim.lr=0.01")


@pytest.fixture(scope="module")
def begun(source: mcgan.TrainedRun, folder: Path) -> mcgan.TrainedRun:
    """A run that started from it, at a rate of 0."""
    return train(folder / "begun", *STILL, f"start_from={source.folder}")


def pick(tensors: Tensors) -> Tensors:
    """Those of the players."""
    return {name: t for name, t in tensors.items() if name.startswith(("G.", "D."))}


def players(run: mcgan.TrainedRun) -> Tensors:
    """The players' tensors at the checkpoint."""
    return pick(RunDirectory(run.folder).load()[1]["trainer"]["tensors"])


def starting(source: mcgan.TrainedRun, *words: str, **changes: Any) -> Components:
    """The components of a run that starts from ``source``, as ``fit`` makes them."""
    config = composed("non_saturating", words) | {"start_from": str(source.folder), **changes}
    parts = build_components(config)
    parts.first = read_first_weights(config)
    return parts


def same(a: Tensors, b: Tensors) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def start(source: mcgan.TrainedRun, *words: str, **changes: Any) -> Tensors:
    """All tensors of such a run at step 0."""
    return starting(source, *words, **changes).trainer(compiled=False).replicas.tensors


def test_a_run_starts_with_the_weights_of_the_other_replica_by_replica(source, begun):
    """Trained at a rate of 0, it ends with them, too."""
    assert same(players(begun), players(source))
    drawn = build_components(composed("non_saturating") | {"replicas": 2}).trainer(False)
    assert not same(pick(drawn.replicas.tensors), players(source))
    assert not torch.equal(*players(source)["D.head.weight"])  # else it says nothing of replicas


def test_it_says_where_it_started_from(source, begun):
    assert begun.config["start_from"] == str(source.folder)
    assert f", started from {source.folder}\n" in repr(begun)
    assert "started from" not in repr(source)


def test_fewer_replicas_are_the_first_ones(source):
    first = {name: t[0] for name, t in players(source).items()}
    assert same(pick(start(source, replicas=1)), first)


def test_a_run_of_one_network_is_a_start_too(folder):
    alone = train(folder / "alone", "optim.lr=0.01", replicas=1)
    assert same(pick(start(alone, replicas=1)), players(alone))


def test_strategies_start_fresh_from_these_weights(source):
    """The average of G is one of the weights that G has now, not of those that were drawn."""
    begun, saved = start(source, "reg=[ema]", replicas=2), players(source)
    averages = {name: t for name, t in begun.items() if name.startswith("reg.ema.average")}
    assert averages and all(
        any(torch.equal(average, t) for t in saved.values()) for average in averages.values()
    )


def test_a_layer_of_a_strategy_is_drawn_and_the_head_keeps_its_columns(source):
    words = ("reg=[minibatch]", "reg.minibatch.kernels=3", "reg.minibatch.dims=2")
    begun = start(source, *words, replicas=2)
    drawn = build_components(composed("non_saturating", words) | {"replicas": 2}).trainer(False)
    old, head = players(source)["D.head.weight"], begun["D.head.weight"]
    assert torch.equal(head[..., : old.shape[-1]], old) and head.shape[-1] == old.shape[-1] + 3
    assert torch.equal(
        head[..., old.shape[-1] :], drawn.replicas.tensors["D.head.weight"][..., old.shape[-1] :]
    )


def test_it_goes_on_from_its_own_checkpoint_without_the_run_it_started_from(source, folder):
    shutil.copytree(source.folder, folder / "gone")
    part = train(folder / "part", *STILL, f"start_from={folder / 'gone'}")
    shutil.rmtree(folder / "gone")
    fit.resume(part.folder, ["train.steps=4"])
    again = mcgan.load(part.folder)
    assert again.step == 4 and again.sample(5).shape == (5, 2)
    assert same(players(again), players(source))


@pytest.mark.parametrize(("words", "sentence"), [
    (("arch.width=9",), r"nets of .*source are others \(arch.width: 8, now 9\): give this run"),
    (("replicas=3",), "source has 2 replicas, fewer than 3: choose replicas=2"),
    (("reg=[pac]",), r"D\.trunk\S+ is \(8, 2\) in that run, and this one has no such tensor:"),
    (("dataset=mixture", "dataset.dim=3"), r"is \(2, 8\) in that run, and this one has \(3, 8\)"),
    (("reg=[madgan]",), "in that run, and this one has no such tensor: leave out what changes"),
])  # fmt: skip
def test_a_run_that_does_not_fit_is_refused_before_anything_is_written(
    source, folder, words, sentence
):
    place = folder / "refused" / "run"
    with pytest.raises(UserError, match=sentence):
        mcgan.train(*WORDS, *words, f"start_from={source.folder}", folder=place, progress=False)
    assert not place.parent.exists()


def test_a_run_that_is_not_there_is_refused(source, folder):
    with pytest.raises(UserError, match=r"start_from: no run .*sorce.*did you mean 'source'"):
        train(folder / "nowhere", f"start_from={folder / 'sorce'}")
    shutil.copytree(source.folder, folder / "empty")
    shutil.rmtree(folder / "empty" / "checkpoints")
    with pytest.raises(UserError, match="empty has no checkpoint that can be used: choose another"):
        train(folder / "nowhere", f"start_from={folder / 'empty'}")


def test_the_same_command_goes_with_its_run_and_another_start_is_another_run(source, begun):
    with pytest.raises(UserError, match="is already done"):
        train(begun.folder, *STILL, f"start_from={source.folder}")
    with pytest.raises(UserError, match="holds a run with other settings"):
        train(begun.folder, *STILL)

"""Whole runs in this process: what a run's intervals, its end and its accidents leave behind."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch

from mcgan.engine.trainer import flat
from mcgan.errors import UserError
from mcgan.experiment import fit as experiment
from mcgan.run.directory import RunDirectory
from mcgan.run.states import Outcome
from small import composed

POISON = {"poison": {"_target_": "small.Poison", "since": 0.5}}  # seeds 0 to 3, and not 4 to 7
Fit = Callable[..., tuple[Outcome, RunDirectory]]


@pytest.fixture
def fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fit:
    """Trains a small game in a folder of its own; without pictures, which have tests elsewhere."""
    monkeypatch.setattr("mcgan.experiment.evaluator.pictures", lambda *_, **__: {})

    def call(name: str = "run", objective: str = "non_saturating", reg: Any = None,
             replicas: int = 1, seed: int = 0, words: tuple[str, ...] = (),
             **settings: dict[str, Any]) -> tuple[Outcome, RunDirectory]:
        config = deepcopy(composed(objective, words)) | {"replicas": replicas, "seed": seed}
        config["reg"] |= reg or {}
        for group, changed in settings.items():
            config[group] |= changed
        out = tmp_path / name
        return experiment.fit(config, out), RunDirectory(out)

    return call


def tensors(run: RunDirectory) -> dict[str, torch.Tensor]:
    """Weights, buffers and optimiser of the newest checkpoint."""
    return flat(run.load()[1]["trainer"])


def equal(one: RunDirectory, other: RunDirectory) -> None:
    a, b = tensors(one), tensors(other)
    assert a.keys() == b.keys()
    for name, tensor in a.items():
        assert torch.equal(tensor, b[name]), name


TOGGLES = {
    "evaluation on": {"eval": {"every": 3}},
    "more samples": {"eval": {"every": 5, "samples": 77}},
    "every step logged": {"train": {"log_every": 1}},
    "many checkpoints": {"train": {"checkpoint_every": 2}},
}


def test_looking_logging_and_saving_change_no_weight(fit):
    _, plain = fit("plain", eval={"every": 0}, train={"log_every": 20, "checkpoint_every": 20})
    for name, settings in TOGGLES.items():
        _, run = fit(name, **settings)
        equal(run, plain)
    rows = (run.folder.parent / "every step logged" / "metrics.jsonl").read_text().splitlines()
    assert len(rows) == 20 + 2  # and the last look: scores and health


def test_a_run_that_is_extended_is_the_longer_run(fit):
    _, run = fit("short", train={"steps": 10})
    first = tensors(run)
    assert experiment.resume(run.folder, ["train.steps=20"]).state == "done"
    _, long = fit("long", train={"steps": 20})
    equal(run, long)
    assert int(first["alive"]) and run.load()[0] == 20
    assert run.config()["train"]["steps"] == 20 and run.status()["steps"] == 20


def test_a_damaged_checkpoint_costs_only_the_way_from_the_one_before(fit, caplog):
    _, run = fit("run", train={"checkpoint_every": 5})
    before = tensors(run)
    newest = sorted(run.checkpoints.iterdir())[-1]
    newest.write_bytes(newest.read_bytes()[:-100])
    assert run.load()[0] == 15
    assert experiment.resume(run.folder, []).state == "done"
    assert "truncated or damaged" in caplog.text
    after = tensors(run)
    assert all(torch.equal(before[name], after[name]) for name in before | after)


def test_without_a_good_checkpoint_resume_says_so(fit):
    _, run = fit("run")
    for path in run.checkpoints.iterdir():
        path.write_bytes(b"not a checkpoint")
    with pytest.raises(UserError, match="none of its checkpoints can be used; train anew"):
        experiment.resume(run.folder, [])


@pytest.mark.parametrize("replicas", [1, 2])
@pytest.mark.parametrize("objective, words", [
    ("wgan", ("optim.lr=1e30",)),  # losses overflow
    ("non_saturating", ("optim.lr=1e30",)),
    ("wgan_gp", ("optim=sgd", "optim.lr=1e38", "reg.gradient_penalty.weight=1e3")),  # weights do
])
def test_a_run_blown_up_is_diverged_and_says_where(fit, objective, words, replicas):
    outcome, run = fit(objective=objective, words=words, replicas=replicas,
                       train={"checkpoint_every": 1})  # fmt: skip
    assert (outcome.state, outcome.code) == ("diverged", 4)
    assert run.status()["state"] == "diverged"
    dead = run.result()["diverged"]
    assert [death["seed"] for death in dead] == [*range(replicas)]
    for death in dead:
        assert death["player"] in ("D", "G") and death["step"] <= 3
        assert death["term"] in ("loss", "score_real", "score_fake", "grad_norm")
    assert run.result()["metrics"]["quality"]["mean"] is None
    kept = [*run.checkpoints.glob("*")]
    assert kept or "optim=sgd" in words
    assert not kept or all(t.isfinite().all() for t in tensors(run).values())


def test_a_replica_that_falls_ill_leaves_the_others_to_finish(fit):
    train = {"checkpoint_every": 3, "log_every": 4}
    outcome, run = fit(reg=POISON, replicas=4, seed=2, train=train)
    assert (outcome.state, outcome.code) == ("done", 0)
    sick = tensors(run)["tensors/reg.poison.sick"].tolist()
    assert sick == [True, True, False, False]
    assert run.result()["diverged"] == [
        {"replica": i, "step": 11, "player": "D", "term": "poison", "seed": 2 + i} for i in (0, 1)
    ]
    values = run.result()["metrics"]["quality"]["values"]
    assert [value is None for value in values] == sick
    assert tensors(run)["alive"].tolist() == [not each for each in sick]
    assert all(t.isfinite().all() for t in tensors(run).values())



def test_a_run_is_diverged_when_its_last_replica_falls(fit):
    outcome, run = fit(reg=POISON, replicas=2, train={"log_every": 4, "checkpoint_every": 1})
    assert (outcome.state, outcome.code) == ("diverged", 4)
    assert [found["replica"] for found in run.result()["diverged"]] == [0, 1]
    assert run.status()["step"] < 20
    assert all(t.isfinite().all() for t in tensors(run).values())


def test_the_death_of_a_replica_is_remembered_by_resume(fit):
    _, run = fit(reg=POISON, replicas=3, seed=2, train={"steps": 12, "log_every": 4})
    assert experiment.resume(run.folder, ["train.steps=20"]).state == "done"
    dead = run.result()["diverged"]
    assert [(found["seed"], found["step"]) for found in dead] == [(2, 7), (3, 7)]


def test_a_collapsed_run_stops_when_asked_to(fit):
    settings = {"train": {"stop_on": "collapse"}, "eval": {"every": 1}}
    outcome, run = fit(words=("dataset=grid",), **settings)  # a young generator holds few of 25
    assert (outcome.state, outcome.code) == ("collapsed", 3)
    assert run.status()["state"] == "collapsed" and run.status()["step"] == 6  # 20 % and 3 looks
    assert run.result()["metrics"]["effective_modes"]["mean"] < 12.5
    assert fit("on", words=("dataset=grid",), eval={"every": 1})[0].state == "done"

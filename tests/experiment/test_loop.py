"""Whole runs in this process: what a run's intervals, its end and its accidents leave behind."""

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch

from mcgan.engine.replicas import flatten
from mcgan.errors import UserError
from mcgan.experiment import fit as experiment
from mcgan.gan.strategy import Strategy
from mcgan.run.directory import RunDirectory
from mcgan.run.states import Outcome
from small import composed

POISON = {"poison": {"_target_": "small.Poison", "since": 0.5}}  # seeds 0 to 3, and not 4 to 7
Fit = Callable[..., tuple[Outcome, RunDirectory]]


@pytest.fixture
def fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fit:
    """Trains a small game in a folder of its own; without pictures, which have tests elsewhere."""
    monkeypatch.setattr("mcgan.experiment.evaluator.pictures", lambda *_, **__: {})

    def call(
        name: str = "run",
        objective: str = "non_saturating",
        reg: Any = None,
        replicas: int = 1,
        seed: int = 0,
        words: tuple[str, ...] = (),
        **settings: dict[str, Any],
    ) -> tuple[Outcome, RunDirectory]:
        config = deepcopy(composed(objective, words)) | {"replicas": replicas, "seed": seed}
        config["reg"] |= reg or {}
        for group, changed in settings.items():
            config[group] |= changed
        out = tmp_path / name
        return experiment.fit(config, out), RunDirectory(out)

    return call


def tensors(run: RunDirectory) -> dict[str, torch.Tensor]:
    """Weights, buffers and optimiser of the newest checkpoint."""
    return flatten(run.load()[1]["trainer"])


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
    steady = {"optim": {"lr": 2e-4}}  # a rate that falls goes by the length of the run
    _, run = fit("short", train={"steps": 10}, **steady)
    first = tensors(run)
    assert experiment.resume(run.folder, ["train.steps=20"]).state == "done"
    _, long = fit("long", train={"steps": 20}, **steady)
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
@pytest.mark.parametrize(
    "objective, words",
    [
        ("wgan", ("optim.lr=1e30",)),  # losses overflow
        ("non_saturating", ("optim.lr=1e30",)),
        (
            "wgan_gp",
            ("optim=sgd", "optim.lr=1e38", "reg.gradient_penalty.weight=1e3"),
        ),  # weights do
    ],
)
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


STOPPED = {"train": {"stop_on": "collapse"}, "eval": {"every": 1}}


def rows(run: RunDirectory, kind: str) -> list[dict[str, Any]]:
    lines = map(json.loads, run.metrics.read_text().splitlines())
    return [row for row in lines if row["kind"] == kind]


def test_a_collapsed_run_stops_when_asked_to(fit):
    outcome, run = fit(words=("dataset=grid",), **STOPPED)  # a young generator holds few of 25
    assert (outcome.state, outcome.code) == ("collapsed", 3)
    assert run.status()["state"] == "collapsed" and run.status()["step"] == 6  # 20 % and 3 looks
    assert run.result()["metrics"]["effective_modes"]["mean"] < 12.5
    assert fit("on", words=("dataset=grid",), eval={"every": 1})[0].state == "done"


def test_a_collapsed_run_is_evaluated_once_at_its_last_step(fit, monkeypatch):
    drawn: list[int] = []
    monkeypatch.setattr(
        "mcgan.experiment.evaluator.pictures", lambda *_, step, **__: drawn.append(step) or {}
    )
    _, run = fit(words=("dataset=grid",), replicas=2, **STOPPED)
    for kind in ("eval", "health"):
        assert [row["step"] for row in rows(run, kind)] == [1, 2, 3, 4, 5, 6]
    assert all(len(row["quality"]) == 2 for row in rows(run, "eval"))
    assert rows(run, "eval")[-1]["quality"] == run.result()["metrics"]["quality"]["values"]
    assert drawn.count(6) == 1
    verdict = run.result()["verdict"]
    assert all(each["collapsed"] for each in verdict["replicas"])
    assert run.status()["verdict"] == {"step": 6, "text": verdict["text"]}


@pytest.mark.parametrize("every", [1, 4, 5, 0])
def test_a_diverged_run_is_evaluated_once_at_its_last_step(fit, every):
    _, run = fit(reg=POISON, replicas=2, train={"log_every": 4}, eval={"every": every})
    last, steps = run.status()["step"], [row["step"] for row in rows(run, "eval")]
    assert run.status()["state"] == "diverged" and steps == sorted(set(steps))
    assert steps[-1] == last and (last, steps[0]) == {1: (11, 1), 4: (12, 4)}.get(
        every, (12, every or 12)
    )
    kinds = [each["kind"] for each in run.result()["verdict"]["replicas"]]
    assert kinds == ["diverged", "diverged"]


def test_a_run_that_ended_early_can_be_loaded_as_it_was_then(fit):
    _, collapsed = fit("collapsed", words=("dataset=grid",), **STOPPED)
    _, diverged = fit("diverged", reg=POISON, replicas=2, train={"log_every": 4})
    for run in (collapsed, diverged):
        assert run.load()[0] == run.status()["step"]


def test_a_run_killed_after_its_last_step_ends_as_if_it_had_not_been(fit):
    _, run = fit(words=("dataset=grid",), eval={"every": 5}, replicas=2)
    before, seen = run.result(), rows(run, "eval")
    kill_before_the_result(run)
    assert experiment.resume(run.folder, []).state == "done"
    after = run.result()
    for key in ("metrics", "verdict", "diverged", "step"):
        assert after[key] == before[key], key
    assert rows(run, "eval") == seen


def kill_before_the_result(run: RunDirectory) -> None:
    """As a kill leaves it between the last checkpoint and the result."""
    (run.folder / "result.json").unlink()
    run.mark("running", ended=None)


def test_a_collapsed_run_killed_before_its_result_ends_at_that_step(fit):
    _, run = fit(words=("dataset=grid",), **STOPPED)
    before, seen = run.result(), run.metrics.read_bytes()
    kill_before_the_result(run)
    assert experiment.resume(run.folder, []).state == "collapsed"
    assert run.result()["verdict"] == before["verdict"] and run.result()["step"] == 6
    assert run.metrics.read_bytes() == seen
    kill_before_the_result(run)
    assert experiment.resume(run.folder, ["train.stop_on=none"]).state == "done"


def test_a_diverged_run_killed_before_its_result_ends_at_that_step(fit):
    _, run = fit(reg=POISON, replicas=2, train={"log_every": 4})
    before = run.result()
    kill_before_the_result(run)
    assert experiment.resume(run.folder, []).state == "diverged"
    assert run.result()["diverged"] == before["diverged"] and run.result()["step"] == before["step"]


@pytest.mark.parametrize("every", [0, 5])  # the checkpoint's step was evaluated, or was not
def test_a_run_cut_short_by_resume_has_a_verdict_and_closing_pictures(fit, monkeypatch, every):
    drawn: list[int] = []
    monkeypatch.setattr(
        "mcgan.experiment.evaluator.pictures", lambda *_, step, **__: drawn.append(step) or {}
    )
    _, run = fit(train={"checkpoint_every": 10}, eval={"every": every})
    (run.checkpoints / "step-00000020.pt").unlink()
    kill_before_the_result(run)
    drawn.clear()
    with pytest.raises(UserError, match=r"has done 10 steps already, train\.steps=9 is fewer"):
        experiment.resume(run.folder, ["train.steps=9"])
    assert experiment.resume(run.folder, ["train.steps=10"]).state == "done"
    result = run.result()
    assert result["step"] == 10 and result["metrics"]["kl"]["mean"] is not None
    assert run.status()["verdict"] == {"step": 10, "text": result["verdict"]["text"]}
    assert drawn == [10] and rows(run, "eval")[-1]["step"] == 10
    steps = [row["step"] for row in rows(run, "eval")]
    assert steps == sorted(set(steps))


def test_without_its_status_a_run_goes_on_as_before(fit, caplog):
    _, whole = fit("whole", train={"threads": 1})
    _, run = fit("run", train={"threads": 1, "checkpoint_every": 10})
    (run.checkpoints / "step-00000020.pt").unlink()
    facts = {key: run.status()[key] for key in ("compiled", "threads", "choices", "started")}
    (run.folder / "status.json").unlink()
    assert experiment.resume(run.folder, []).state == "done"
    assert "made anew from a checkpoint" in caplog.text
    assert {key: run.status()[key] for key in facts} == facts
    equal(run, whole)


def test_rows_and_events_last_before_the_checkpoint_that_counts_on_them(fit, monkeypatch):
    """A power cut may keep any of the files that were synced, and none of the others."""
    import os

    done: list[str] = []
    sync, replace = os.fsync, os.replace

    def note_sync(handle: int) -> None:
        done.append(Path(os.readlink(f"/proc/self/fd/{handle}")).name.split(".")[0])
        sync(handle)

    def note_replace(source: str, target: Path) -> None:
        done.append(f"{target.name} is there")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(os, "replace", note_replace)
    fit(train={"checkpoint_every": 10, "log_every": 5})
    for step in (10, 20):
        at = done.index(f"step-000000{step}.pt is there")
        assert {"metrics", "events"} <= set(done[at - 5 : at]), done[at - 8 : at]


@dataclass(eq=False, repr=False)
class Rot(Strategy):
    """A buffer that no loss reads is NaN from the second half on, in games of an odd seed."""

    def setup(self, game, data):
        self.register_buffer("rot", torch.zeros(()))
        self.register_buffer("sick", data(1).flatten()[0] > 0)

    def after(self, player, tensors, report, grads):
        late = tensors[self.key("sick")] & (report.moment.progress >= 0.5)
        old = tensors[self.key("rot")]
        return {self.key("rot"): torch.where(late, float("nan"), old)}


ROT = {"rot": {"_target_": f"{__name__}.Rot"}}


def test_a_buffer_that_is_not_finite_is_no_done(fit, caplog):
    outcome, run = fit(reg=ROT, seed=0)
    assert outcome.state == "diverged"
    [died] = run.result()["diverged"]
    assert (died["seed"], died["term"]) == (0, "reg.rot.rot")
    assert "reg.rot.rot is not finite" in caplog.text


def test_a_replica_with_such_a_buffer_costs_the_others_no_checkpoint(fit):
    outcome, run = fit(reg=ROT, seed=3, replicas=2)
    assert outcome.state == "done"
    assert [died["seed"] for died in run.result()["diverged"]] == [3]
    assert run.load()[0] == run.status()["steps"]

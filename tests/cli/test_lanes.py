"""A sweep as one program: each job leaves what it leaves by itself, and ends by itself."""

import json
import math
import os
import shlex
import signal
from pathlib import Path

import pytest
import torch
import yaml

from mcgan.cli.main import main
from mcgan.engine.lane_trainer import LaneTrainer
from mcgan.engine.replicas import flatten
from mcgan.experiment.lanes import sweep as jobs_of_a_sweep
from mcgan.experiment.loop import Loop
from mcgan.run.directory import RunDirectory
from mcgan.verdict.detector import Detector

NETS = ["reg=[r1,ema]", "arch.latent=4", "arch.width=8", "train.batch_size=8", "train.steps=12",
        "train.log_every=4", "train.checkpoint_every=6", "eval.every=6", "eval.samples=50",
        "train.compile=false", "train.threads=1"]  # fmt: skip
ONE = "hydra/launcher=vectorized"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "sweeps.md"


def sweep(out: Path, *words: str) -> int:
    return main(["train", "-m", *words, *NETS, f"runs_dir={out.parent}", f"name={out.name}"])


def runs(out: Path) -> dict[tuple[float, int], RunDirectory]:
    """The runs of a sweep by their rate and seed."""
    found = [RunDirectory(path.parent) for path in out.glob("*/status.json")]
    return {(run.config()["optim"]["lr"], run.config()["seed"]): run for run in found}


def states(out: Path) -> dict[tuple[float, int], str]:
    return {key: run.status()["state"] for key, run in runs(out).items()}


@pytest.fixture(scope="module")
def serial(folder: Path) -> dict[tuple[float, int], RunDirectory]:
    assert sweep(folder / "serial", "optim.lr=0.001,0.01", "seed=1") == 0
    return runs(folder / "serial")


@pytest.fixture(scope="module")
def together(folder: Path) -> Path:
    assert sweep(folder / "one", ONE, "optim.lr=0.001,0.01", "seed=0,1") == 0
    return folder / "one"


def rows(run: RunDirectory) -> list[dict]:
    return [json.loads(line) for line in run.metrics.read_text().splitlines()]


def names(run: RunDirectory) -> set[str]:
    return {
        str(path.relative_to(run.folder))
        for path in run.folder.rglob("*")
        if "tfevents" not in path.name
    }


def test_a_lane_leaves_what_a_run_by_itself_leaves(serial, together):
    found = runs(together)
    assert len(found) == 4
    for key, alone in serial.items():
        lane = found[key]
        assert names(lane) == names(alone)
        events = [len([*run.folder.glob("events*")]) for run in (lane, alone)]
        assert events[0] == events[1]
        assert lane.config() | {"name": ""} == alone.config() | {"name": ""}
        assert lane.status().keys() == alone.status().keys()
        assert lane.status()["choices"] == alone.status()["choices"]
        assert lane.result().keys() == alone.result().keys()
        assert [row.keys() for row in rows(lane)] == [row.keys() for row in rows(alone)]


def test_its_numbers_are_those_of_the_run_by_itself(serial, together):
    for key, alone in serial.items():
        lane = runs(together)[key]
        for one, other in zip(rows(lane), rows(alone), strict=True):
            for tag in one.keys() - {"kind", "time/step_ms"} if one["kind"] == "train" else ():
                torch.testing.assert_close(one[tag], other[tag], rtol=1e-4, atol=1e-6)
        (step, mine), (_, theirs) = lane.load(), alone.load()
        mine, theirs = flatten(mine["trainer"]), flatten(theirs["trainer"])
        assert step == 12 and mine.keys() == theirs.keys()
        for name, tensor in mine.items():
            torch.testing.assert_close(tensor, theirs[name], rtol=1e-3, atol=1e-5)
    slow, fast = (run.load()[1]["trainer"]["tensors"] for run in serial.values())
    assert max((slow[name] - fast[name]).abs().max() for name in slow) > 1e-2  # rates matter


@pytest.mark.long  # its two workers begin with the imports of a run
def test_workers_share_the_runs(serial, folder):
    out = folder / "shared"
    assert sweep(out, ONE, "hydra.launcher.workers=2", "optim.lr=0.001,0.01", "seed=1,2") == 0
    found = runs(out)
    pids = {key: run.status()["pid"] for key, run in found.items()}
    assert {*states(out).values()} == {"done"} and os.getpid() not in pids.values()
    assert pids[0.001, 1] == pids[0.001, 2] != pids[0.01, 1] == pids[0.01, 2]
    for key, alone in serial.items():
        mine, theirs = (flatten(run.load()[1]["trainer"]) for run in (found[key], alone))
        for name, tensor in mine.items():
            torch.testing.assert_close(tensor, theirs[name], rtol=1e-3, atol=1e-5)


@pytest.mark.long
def test_the_documented_search_trains_its_batches_as_programs(folder, monkeypatch):
    [line] = [line for line in PAGE.read_text().splitlines() if "sweeper=search " in line[:99]]
    few = ["hydra.sweeper.n_trials=4", "hydra.sweeper.n_jobs=2", "replicas=1"]
    words = [*shlex.split(line)[1:], *NETS[1:], *few, f"runs_dir={folder}"]
    batches, train = [], jobs_of_a_sweep.train_jobs

    def note(jobs, *rest):
        batches.append(len(jobs))
        return train(jobs, *rest)

    monkeypatch.setattr(jobs_of_a_sweep, "train_jobs", note)
    trained = []
    for _ in range(2):  # the second time nothing is left to train
        assert main(words) == 0
        found = [RunDirectory(path.parent) for path in folder.glob("search/*/status.json")]
        trained.append({run.folder: run.metrics.stat().st_mtime_ns for run in found})
    assert batches == [2] * 4 and len(found) == 4 and trained[0] == trained[1]
    assert all("one of 2 runs in one program" in run.status()["compiled_why"] for run in found)
    best = yaml.safe_load((folder / "search" / "optimization_results.yaml").read_text())
    assert best["best_value"] == max(run.status()["score"] for run in found)
    searched = {"optim.lr.from", "reg.gradient_penalty.weight", "reg.r1.gamma"}
    assert best["best_params"].keys() == searched


def test_a_checkpoint_holds_no_memory_of_other_lanes(serial, together):
    sizes = [
        run.checkpoints.joinpath("step-00000012.pt").stat().st_size
        for run in (serial[0.01, 1], runs(together)[0.01, 1])
    ]
    assert math.isclose(*sizes, rel_tol=0.2)


def test_the_command_again_skips_what_is_done(together):
    before = {key: run.metrics.stat().st_mtime_ns for key, run in runs(together).items()}
    assert sweep(together, ONE, "optim.lr=0.001,0.01", "seed=0,1") == 0
    after = runs(together)
    assert {key: run.metrics.stat().st_mtime_ns for key, run in after.items()} == before
    assert all(
        "skipped, already done" in (run.folder / "train.log").read_text() for run in after.values()
    )


def test_interrupted_lanes_go_on_alone_and_in_company(serial, folder, monkeypatch):
    out, step = folder / "stopped", LaneTrainer.step

    def interrupted(trainer):
        if trainer.count == 7:
            signal.raise_signal(signal.SIGINT)
        return step(trainer)

    with monkeypatch.context() as patch:
        patch.setattr(LaneTrainer, "step", interrupted)
        assert sweep(out, ONE, "optim.lr=0.001,0.01", "seed=0,1") == 130
    assert {*states(out).values()} == {"interrupted"}
    assert {run.load()[0] for run in runs(out).values()} == {8}
    assert main(["resume", str(runs(out)[0.001, 1].folder)]) == 0
    assert sweep(out, ONE, "optim.lr=0.001,0.01", "seed=0,1") == 0
    assert {*states(out).values()} == {"done"}
    for key, alone in serial.items():
        mine, theirs = (flatten(run.load()[1]["trainer"]) for run in (runs(out)[key], alone))
        for name, tensor in mine.items():
            torch.testing.assert_close(tensor, theirs[name], rtol=1e-3, atol=1e-5)
        assert [row["step"] for row in rows(runs(out)[key])] == [row["step"] for row in rows(alone)]


def test_runs_without_company_are_trained_as_they_are_by_themselves(folder):
    out = folder / "apart"
    assert sweep(out, ONE, "arch.depth=1,2", "seed=0") == 0
    found = [RunDirectory(path.parent) for path in out.glob("*/status.json")]
    assert {run.config()["arch"]["depth"] for run in found} == {1, 2}
    assert [run.status()["state"] for run in found] == ["done", "done"]
    assert all(run.load()[1]["trainer"]["alive"].dim() == 0 for run in found)


def test_lanes_of_replicas_that_collapse_end_alone_and_say_so(folder, monkeypatch):
    monkeypatch.setattr(
        Detector, "has_collapsed", lambda seen, dead: seen.config["optim"]["lr"] == 0.03
    )
    out = folder / "collapsed"
    words = ("optim.lr=0.0,0.03", "seed=0", "replicas=2", "train.stop_on=collapse")
    code = sweep(out, ONE, *words)
    found = runs(out)
    assert len(found) == 2 and all(
        len(run.load()[1]["trainer"]["alive"]) == 2 for run in found.values()
    )
    assert [len(run.result()["seeds"]) for run in found.values()] == [2, 2]
    told = {key[0]: run.status()["state"] for key, run in found.items()}
    stopped = {key[0]: run.load()[0] for key, run in found.items()}
    assert (code, told, stopped) == (3, {0.0: "done", 0.03: "collapsed"}, {0.0: 12, 0.03: 6})


def test_a_lane_ends_alone_by_divergence_or_by_an_error(folder, monkeypatch):
    out, log_line = folder / "ended", Loop.log_line

    def fails(loop, step):
        if loop.components.config["optim"]["lr"] == 0.002 and step == 4:
            raise OSError("no such luck")
        log_line(loop, step)

    monkeypatch.setattr(Loop, "log_line", fails)
    assert sweep(out, ONE, "optim.lr=0.001,0.002,1e30", "seed=0") == 1
    assert states(out) == {(0.001, 0): "done", (0.002, 0): "failed", (1e30, 0): "diverged"}
    ended = runs(out)
    assert ended[1e30, 0].result()["diverged"][0]["step"] < 12
    assert "no such luck" in ended[0.002, 0].status()["error"]
    assert "no such luck" in (ended[0.002, 0].folder / "train.log").read_text()
    assert yaml.safe_load((ended[0.001, 0].folder / "config.yaml").read_text())["seed"] == 0

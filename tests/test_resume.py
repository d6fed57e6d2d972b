"""Runs in processes of their own, killed and interrupted, end as one that was never stopped."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from mcgan.cli import main
from mcgan.run.directory import RunDirectory
from mcgan.trainer import flat
from mcgan.verdict.history import History

COMMON = ["train.threads=1", "train.log_every=30", "eval.samples=50"]
MLP = ["reg=[replay,ema]", "reg.replay.size=64", "arch.latent=4", "arch.width=8",
       "train.batch_size=8", "train.steps=600", "train.checkpoint_every=50", "eval.every=200",
       *COMMON]  # fmt: skip
DIGITS = ["dataset=stacked_mnist", "arch=dcgan", "reg=[r1]", "arch.latent=4", "arch.width=4",
          "arch.critic_width=4", "train.batch_size=4", "train.steps=60",
          "train.checkpoint_every=10", "eval.every=0", *COMMON]  # fmt: skip


class Child:
    """`python -m mcgan WORDS` in a process of its own."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.run = RunDirectory(folder)
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mcgan", *words], env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip

    def stop(self, number: int, after: int = 0) -> int:
        """Signals it once it has a checkpoint later than step ``after``; its exit code."""
        with self.process:
            while newest(self.run) <= after:
                assert self.process.poll() is None, "it ended before it was stopped"
                time.sleep(0.002)
            self.process.send_signal(number)
            return self.process.wait()

    def end(self) -> int:
        with self.process:
            return self.process.wait()


def newest(run: RunDirectory) -> int:
    return max((int(path.stem[5:]) for path in run.checkpoints.glob("step-*.pt")), default=0)


def words(folder: Path, settings: list[str]) -> list[str]:
    return ["train", *settings, f"runs_dir={folder.parent}", f"name={folder.name}"]


def ending(run: RunDirectory) -> dict[str, Any]:
    """All that a run leaves behind but for times and names."""
    step, state = run.load()
    rows = [json.loads(line) for line in run.metrics.read_text().splitlines()]
    result = run.result()
    return {
        "step": step,
        "tensors": flat(state),
        "rest": {key: state[key] for key in ("dead", "values")},
        "health": remembered(state["health"]).of(0),
        "rows": [{k: v for k, v in row.items() if not k.startswith("time/")} for row in rows],
        "metrics": result and result["metrics"],
        "verdict": result and result["verdict"],
    }


def remembered(saved: dict[str, Any]) -> History:
    history = History()
    history.restore(saved)
    return history


def same(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert one["tensors"].keys() == other["tensors"].keys()
    for name, tensor in one["tensors"].items():
        assert torch.equal(tensor, other["tensors"][name]), name
    for part in ("step", "rest", "health", "rows", "metrics", "verdict"):
        assert one[part] == other[part], part


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    before = torch.get_num_threads()
    yield tmp_path_factory.mktemp("runs")
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def whole(folder: Path) -> dict[str, Any]:
    assert main(words(folder / "whole", MLP)) == 0
    return ending(RunDirectory(folder / "whole"))


def test_a_whole_run_has_all_there_is(whole):
    assert whole["step"] == 600
    names = whole["tensors"].keys()
    for part in ("trainer/tensors/G.", "trainer/optim/D/exp_avg_sq/", "reg.replay.old_x",
                 "reg.ema.average"):
        assert any(part in name for name in names), part
    assert [row["step"] for row in whole["rows"] if row["kind"] == "eval"] == [200, 400, 600]
    assert whole["metrics"]


def test_killed_and_resumed_it_ends_as_one_never_stopped(whole, folder):
    child = Child(folder / "killed", *words(folder / "killed", MLP))
    assert child.stop(signal.SIGKILL) == -signal.SIGKILL
    run = child.run
    assert 0 < newest(run) < 600
    assert run.status()["state"] == "running" and run.result() is None
    again = Child(run.folder, "resume", str(run.folder))
    assert again.end() == 0
    assert run.status()["state"] == "done"
    same(ending(run), whole)


def test_interrupted_twice_it_ends_as_one_never_stopped(whole, folder):
    child = Child(folder / "interrupted", *words(folder / "interrupted", MLP))
    assert child.stop(signal.SIGTERM) == 143
    run = child.run
    step, _ = run.load()
    assert run.status()["state"] == "interrupted" and run.status()["step"] == step
    again = Child(run.folder, "resume", str(run.folder))
    assert again.stop(signal.SIGINT, after=step) == 130
    later, _ = run.load()
    assert step < later < 600 and run.status()["state"] == "interrupted"
    assert run.result() is None
    assert main(["resume", str(run.folder)]) == 0
    same(ending(run), whole)


@pytest.mark.skipif(not os.environ.get("MCGAN_DATA"), reason="MCGAN_DATA names no MNIST")
def test_a_killed_dcgan_ends_as_one_never_stopped(folder):
    child = Child(folder / "digits", *words(folder / "digits", DIGITS))
    assert main(words(folder / "digits_whole", DIGITS)) == 0
    assert child.stop(signal.SIGKILL) == -signal.SIGKILL
    assert main(["resume", str(child.run.folder)]) == 0
    same(ending(child.run), ending(RunDirectory(folder / "digits_whole")))

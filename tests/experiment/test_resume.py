"""Runs in processes of their own, killed and interrupted, end as one that was never stopped."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from mcgan.cli.main import main
from mcgan.run.directory import RunDirectory
from processes import COMMON, MLP, Child, ending, newest, same, words

DIGITS = ["dataset=stacked_mnist", "arch=dcgan", "reg=[r1]", "arch.latent=4", "arch.width=4",
          "arch.critic_width=4", "train.batch_size=4", "train.steps=60",
          "train.checkpoint_every=10", "eval.every=0", *COMMON]  # fmt: skip


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

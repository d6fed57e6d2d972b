"""Runs in processes of their own, killed and interrupted, end as one that was never stopped."""

import os
import select
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from forked import in_fork
from mcgan.cli.main import main
from mcgan.run.directory import RunDirectory
from processes import COMMON, MLP, Child, ending, newest, same, words

pytestmark = pytest.mark.long  # other processes, some seconds each
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
    for part in (
        "trainer/tensors/G.",
        "trainer/optim/D/exp_avg_sq/",
        "reg.replay.old_x",
        "reg.ema.average",
    ):
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
@in_fork
def test_a_killed_dcgan_ends_as_one_never_stopped(folder):
    child = Child(folder / "digits", *words(folder / "digits", DIGITS))
    assert main(words(folder / "digits_whole", DIGITS)) == 0
    assert child.stop(signal.SIGKILL) == -signal.SIGKILL
    assert main(["resume", str(child.run.folder)]) == 0
    same(ending(child.run), ending(RunDirectory(folder / "digits_whole")))


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGUSR1])
def test_what_asks_a_process_to_end_saves_the_run(folder, number):
    name = number.name.lower()
    child = Child(folder / name, *words(folder / name, MLP))
    assert child.stop(number) == 128 + number
    assert child.run.status()["state"] == "interrupted"
    assert child.run.load()[0] == child.run.status()["step"] and not list(
        child.run.folder.rglob("*.tmp")
    )


def test_what_nohup_started_goes_on_without_its_terminal(folder, whole):
    child = Child(folder / "nohup", *words(folder / "nohup", MLP), hang_up=signal.SIG_IGN)
    child.tell(signal.SIGHUP)
    assert child.end() == 0 and child.run.status()["state"] == "done"
    same(ending(child.run), whole)


def hang_up_as_usual() -> None:
    """SIGHUP ends a process, also where the tests themselves were started by nohup."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def test_a_closed_terminal_saves_the_run(folder):
    """The system tells the process, and every line it still says is an error."""
    run = RunDirectory(folder / "closed")
    ours, theirs = os.openpty()
    line = shlex.join([sys.executable, "-m", "mcgan", *words(run.folder, MLP)])
    place = os.ttyname(theirs)  # the leader of a session that opens a terminal has it
    process = subprocess.Popen(["bash", "-c", f"exec {line} < {place} > {place} 2>&1"],
                               start_new_session=True, preexec_fn=hang_up_as_usual)  # fmt: skip
    try:
        while not newest(run):
            assert process.poll() is None, "it ended before its terminal was closed"
            if select.select([ours], [], [], 0.01)[0]:
                os.read(ours, 4096)
    finally:
        os.close(ours)
        os.close(theirs)
    assert process.wait() == 128 + signal.SIGHUP
    assert run.status()["state"] == "interrupted" and run.load()[0] == run.status()["step"]


@pytest.mark.parametrize("output", ["| head -n 1", "> /dev/full 2>&1", ">&- 2>&-"])
def test_output_that_fails_ends_no_run(folder, whole, output):
    run = RunDirectory(folder / f"output{len(output)}")
    line = shlex.join([sys.executable, "-m", "mcgan", *words(run.folder, MLP)])
    ascii_only = {**os.environ, "PYTHONIOENCODING": "ascii"}
    merged = f"{line} 2>&1 {output}" if output.startswith("|") else f"{line} {output}"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {merged}"], env=ascii_only,
                          stdout=subprocess.DEVNULL)  # fmt: skip
    assert done.returncode == 0 and run.status()["state"] == "done"
    same(ending(run), whole)
    assert "samples lie on the data" in (run.folder / "train.log").read_text(encoding="utf-8")

"""Sweeps in processes of their own, stopped in the middle: the same command ends them."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from mcgan.cli.main import main
from mcgan.errors import UserError
from mcgan.run.directory import RunDirectory
from processes import MLP, Child, ending, newest, same

PATIENCE = 120  # seconds; processes start slowly on a busy machine
SHORT = [*MLP, "train.steps=400", "train.checkpoint_every=100", "eval.every=0"]
CORES = ["hydra/launcher=cores", "hydra.launcher.n_jobs=2"]
LANES = ["hydra/launcher=vectorized", "hydra.launcher.workers=2"]


pytestmark = pytest.mark.long  # its processes wait, are killed and begin again


@pytest.fixture(scope="module")
def whole(folder: Path) -> dict[str, Any]:
    assert main(["train", *SHORT, "seed=1", f"runs_dir={folder}", "name=whole"]) == 0
    return ending(RunDirectory(folder / "whole"))


def sweep(folder: Path, *words: str) -> list[str]:
    return ["train", "-m", "seed=0,1,2", *words, *SHORT, f"runs_dir={folder.parent}",
            f"name={folder.name}"]  # fmt: skip


def runs(folder: Path) -> list[RunDirectory]:
    """Those that have begun, by seed."""
    return [RunDirectory(path.parent) for path in sorted(folder.glob("*/status.json"))]


def states(folder: Path) -> list[str]:
    return [run.status()["state"] for run in runs(folder)]


def wait(until: Callable[[], bool], child: Child | None = None) -> None:
    end = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < end, "nothing happened"
        assert child is None or child.process.poll() is None, "it ended before it was stopped"
        time.sleep(0.002)


def stop(child: Child, number: int, when: Callable[[], bool]) -> int:
    with child.process:
        wait(when, child)
        child.process.send_signal(number)
        return child.process.wait(PATIENCE)


def saved(folder: Path) -> int:
    """Steps in checkpoints, of all runs."""
    return sum(map(newest, runs(folder)))


def free(run: RunDirectory) -> bool:
    """Whether no process is left that works on it."""
    with suppress(UserError), run.lock():
        return True
    return False


def test_a_sweep_over_the_cores_is_stopped_killed_and_ended(whole, folder):
    out = folder / "cores"
    child = Child(out, *sweep(out, *CORES))
    assert stop(child, signal.SIGTERM, lambda: saved(out) > 0) == 143
    assert "running" not in states(out) and "interrupted" in states(out)
    assert all(map(free, runs(out)))  # the workers ended first
    before = saved(out)
    child = Child(out, *sweep(out, *CORES))
    assert stop(child, signal.SIGKILL, lambda: saved(out) > before) == -signal.SIGKILL
    wait(lambda: all(map(free, runs(out))))  # orphans save and go
    assert "running" not in states(out)
    steps = {run.folder: newest(run) for run in runs(out)}
    assert main(sweep(out)) == 0  # another launcher changes nothing
    assert states(out) == ["done"] * 3
    logs = [run.folder.joinpath("train.log").read_text() for run in runs(out)]
    for run, log in zip(runs(out), logs, strict=True):
        at = steps.get(run.folder, 0)
        assert not at or "skipped, already done" in log or f"resuming {run.folder} at step" in log
    assert runs(out)[1].status()["threads"] == 1
    assert all(run.status()["choices"]["reg"] == ["replay", "ema"] for run in runs(out))
    same(ending(runs(out)[1]), whole)


def test_lanes_of_several_processes_are_stopped_killed_and_ended(folder):
    out = folder / "lanes"
    child = Child(out, *sweep(out, *LANES), "seed=0,1,2,3")
    assert stop(child, signal.SIGTERM, lambda: saved(out) > 0) == 143
    assert len(runs(out)) == 4 and {*states(out)} == {"interrupted"}
    assert all(map(free, runs(out)))  # the workers ended first
    before = saved(out)
    child = Child(out, *sweep(out, *LANES), "seed=0,1,2,3")
    assert stop(child, signal.SIGKILL, lambda: saved(out) > before) == -signal.SIGKILL
    wait(lambda: all(map(free, runs(out))))  # orphans save and go
    assert "running" not in states(out)
    assert main([*sweep(out, "hydra/launcher=vectorized"), "seed=0,1,2,3"]) == 0
    assert states(out) == ["done"] * 4
    assert all(newest(run) == 400 for run in runs(out))


def test_a_sweep_in_one_process_is_killed_and_ended(whole, folder):
    out = folder / "basic"
    child = Child(out, *sweep(out))
    assert stop(child, signal.SIGKILL, lambda: len(runs(out)) == 2 and newest(runs(out)[1]) > 0) < 0
    assert states(out) == ["done", "running"]
    done = runs(out)[0].result()
    assert main(sweep(out)) == 0
    assert states(out) == ["done"] * 3 and runs(out)[0].result() == done
    same(ending(runs(out)[1]), whole)


SLURM = {
    "sbatch": """
cp "$1" "$SPOOL/job.sh"
export SLURM_JOB_ID=7 SLURM_NTASKS=1 SLURM_JOB_NUM_NODES=1 SLURM_PROCID=0 SLURM_CPUS_PER_TASK=2
(
    bash "$1"
    while rm "$SPOOL/requeue"; do bash "$1"; done
) > /dev/null 2>&1 &
echo Submitted batch job 7""",
    "srun": """
shift
while [[ $1 == --* ]]; do shift 2; done
exec "$@\"""",
    "scontrol": """
[ "$*" = "requeue 7" ] && touch "$SPOOL/requeue\"""",
    "sacct": "printf 'JobID|State|NodeList\\n7|RUNNING|here\\n'",
}


@pytest.fixture
def cluster(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine on which SLURM's commands run one job at once."""
    for name, script in SLURM.items():
        (tmp_path / name).write_text(f"#!/bin/bash\n{script.strip()}\n")
        (tmp_path / name).chmod(0o755)
    return {"PATH": f"{tmp_path}:{os.environ['PATH']}", "SPOOL": str(tmp_path)}


@pytest.mark.parametrize("launcher", ["submitit_local", "slurm"])
def test_a_preempted_job_is_requeued_and_resumes(whole, folder, cluster, launcher):
    out = folder / launcher
    words = [*sweep(out, f"hydra/launcher={launcher}"), "seed=1"]
    child = Child(out, *words, **cluster)
    wait(lambda: saved(out) > 0, child)
    [run] = runs(out)
    pid, step = run.status()["pid"], newest(run)
    os.kill(pid, signal.SIGTERM)  # the warning that comes first
    wait(lambda: newest(run) > step, child)
    assert run.status()["pid"] == pid and run.status()["state"] == "running"
    os.kill(pid, signal.SIGUSR2)
    wait(lambda: run.status()["state"] == "interrupted", child)
    assert child.end() == 0
    assert states(out) == ["done"] and run.status()["pid"] != pid
    assert run.status()["choices"]["reg"] == ["replay", "ema"]
    assert "resuming" in (run.folder / "train.log").read_text()
    same(ending(run), whole)
    if launcher == "slurm":
        asked(Path(cluster["SPOOL"], "job.sh").read_text())


def asked(script: str) -> None:
    """What a requeue needs of SLURM."""
    for flag in ("signal=USR2@120", "requeue", "time=240", "cpus-per-task=2", "open-mode=append"):
        assert f"#SBATCH --{flag}\n" in script
    assert script.index("export OMP_NUM_THREADS=$SLURM_CPUS_PER_TASK") < script.index("srun ")

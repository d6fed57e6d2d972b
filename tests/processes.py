"""Commands in processes of their own, and what their runs leave behind."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import torch

from mcgan.engine.replicas import flatten
from mcgan.run.directory import RunDirectory
from mcgan.verdict.history import SignalHistory

COMMON = ["train.threads=1", "train.log_every=30", "eval.samples=50"]
MLP = ["reg=[replay,ema]", "reg.replay.size=64", "arch.latent=4", "arch.width=8",
       "train.batch_size=8", "train.steps=600", "train.checkpoint_every=50", "eval.every=200",
       *COMMON]  # fmt: skip


class Child:
    """`python -m mcgan WORDS` in a process of its own; ``folder`` is that of its run.

    ``hang_up`` is what SIGHUP does to it at its start, whatever the tests were started with.
    """

    def __init__(
        self, folder: Path, *words: str, hang_up: signal.Handlers = signal.SIG_DFL, **variables: str
    ) -> None:
        self.run = RunDirectory(folder)
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1", **variables}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mcgan", *words], env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=lambda: signal.signal(signal.SIGHUP, hang_up))  # fmt: skip

    def tell(self, number: int, after: int = 0) -> None:
        """Signals it once it has a checkpoint later than step ``after``."""
        while newest(self.run) <= after:
            assert self.process.poll() is None, "it ended before it was told"
            time.sleep(0.002)
        self.process.send_signal(number)

    def stop(self, number: int, after: int = 0) -> int:
        """Signals it, and waits for its end; its exit code."""
        with self.process:
            self.tell(number, after)
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
        "tensors": flatten(state),
        "rest": {key: state[key] for key in ("dead", "values")},
        "health": remembered(state["health"]).of(0),
        "rows": [{k: v for k, v in row.items() if not k.startswith("time/")} for row in rows],
        "metrics": result and result["metrics"],
        "verdict": result and result["verdict"],
    }


def remembered(saved: dict[str, Any]) -> SignalHistory:
    history = SignalHistory()
    history.restore(saved)
    return history


def same(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert one["tensors"].keys() == other["tensors"].keys()
    for name, tensor in one["tensors"].items():
        assert torch.equal(tensor, other["tensors"][name]), name
    for part in ("step", "rest", "health", "rows", "metrics", "verdict"):
        assert one[part] == other[part], part

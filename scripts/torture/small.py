"""Small runs: their words, a fork that trains one, and what a whole one leaves."""

import os
import shutil
import signal
import tempfile
import time
from contextlib import chdir, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from matplotlib.figure import Figure

from forked import Ended, Fork, Prepare
from kept_configurations import keep_configurations
from mcgan.cli.main import main
from mcgan.experiment import evaluator
from mcgan.run.directory import RunDirectory
from processes import ending

NETS = ["arch.latent=2", "arch.width=4", "train.batch_size=16", "train.threads=1",
        "train.compile=false", "eval.samples=50"]  # fmt: skip
STEPS = 40
LONGEST = 0.9  # seconds; for about so long a run computes
TICK = os.sysconf("SC_CLK_TCK")
MEMORY = ["reg=[replay,ema]", "reg.replay.size=16"]  # strategies, where no others are chosen
RUN = [*NETS, f"train.steps={STEPS}", "train.checkpoint_every=7", "train.log_every=5",
       "eval.every=15"]  # fmt: skip
DRAWING = ("pictures", "critic_surface")  # of the evaluator
AS_ALWAYS = {name: getattr(evaluator, name) for name in DRAWING}


def warm_up() -> None:
    """Trains a run in this process, so that forks find all modules loaded and caches full.

    What Hydra composes of words that were composed before is kept, as in the tests.
    """
    torch.set_num_threads(1)
    keep_configurations(pytest.MonkeyPatch())
    with tempfile.TemporaryDirectory(prefix="mcgan-torture-") as place:
        train_here(Path(place))
    draw_plainly()


def draw_plainly() -> None:
    """Empty pictures from now on: real ones take half of a small run's time.

    They are written where and when real ones are. No promise about bits is about what they show.
    """
    names = ("critic", "modes", "samples", "timeline")
    evaluator.pictures = lambda *_, **__: {name: Figure((1, 1)) for name in names}
    evaluator.critic_surface = lambda *_: None


def draw_as_always() -> None:
    for name, function in AS_ALWAYS.items():
        setattr(evaluator, name, function)


@cache
def whole(*more: str) -> dict[str, Any]:
    """What the run of `RUN` and these words leaves, never disturbed."""
    with tempfile.TemporaryDirectory(prefix="mcgan-torture-") as place:
        return train_here(Path(place), *more)


def train_here(place: Path, *more: str) -> dict[str, Any]:
    """Trains a run in this process, so that forks need not compose its words; what it leaves."""
    folder = place / "runs" / "one"
    with (
        open(os.devnull, "w") as null, redirect_stdout(null), redirect_stderr(null), chdir(place),
    ):  # fmt: skip
        assert main(words(folder, *more)) == 0
    found = ending(RunDirectory(folder))
    shutil.rmtree(folder)
    return found


def words(folder: Path, *more: str) -> list[str]:
    """The same words for each round, by its working directory: they are composed once."""
    memory = [] if any(word.startswith("reg=") for word in more) else MEMORY
    return [
        "train",
        *RUN,
        *memory,
        *more,
        f"runs_dir={os.path.relpath(folder.parent)}",
        f"name={folder.name}",
    ]


def start(folder: Path, *more: str, prepare: Prepare | None = None) -> Fork:
    """A fork that trains the run in `folder`, or goes on with it."""
    return Fork(folder.parent.parent, words(folder, *more), prepare)


def train(folder: Path, *more: str, prepare: Prepare | None = None) -> Ended:
    return start(folder, *more, prepare=prepare).end()


def go_on(folder: Path, prepare: Prepare | None = None) -> Fork:
    """`mcgan resume`, or the same command again where there is nothing to resume yet."""
    if not any(folder.glob("checkpoints/*.pt")):
        return start(folder, prepare=prepare)
    return Fork(folder.parent.parent, ["resume", str(folder)], prepare)


def wait(fork: Fork, seconds: float) -> None:
    """Until it has computed for so long, or has ended: on a busy machine runs take longer."""
    while not fork.has_ended() and computed(fork.pid) < seconds:
        time.sleep(0.005)


def computed(pid: int) -> float:
    """For how many seconds a process that has not ended has computed."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def newest_good(folder: Path) -> int:
    """The step of the newest checkpoint, which is good; 0 before the first one."""
    run = RunDirectory(folder)
    return run.load()[0] if any(run.checkpoints.glob("step-*.pt")) else 0


def kill() -> None:
    """Ends this process at once, as nothing can prevent."""
    os.kill(os.getpid(), signal.SIGKILL)


def stop() -> None:
    """Asks this process to end after the step that it is at."""
    os.kill(os.getpid(), signal.SIGTERM)

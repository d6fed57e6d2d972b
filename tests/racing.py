"""Launches of one name at once: one wins, and the others are told who has it."""

import json
import os
import random
import sys
import time
from functools import partial
from pathlib import Path

from forked import Ended, Fork
from mcgan.run.directory import RunDirectory

RACERS = 4
SMALL = ["arch.latent=2", "arch.width=4", "train.batch_size=4", "train.steps=2", "eval.samples=20",
         "train.threads=1", "train.compile=false"]  # fmt: skip


def race(folder: Path, spread: float, *words: str) -> list[Ended]:
    """Launches of the run `folder`, each with a seed of its own, some seconds apart at most.

    They are forks of this process, which should have loaded what they need.
    """
    begin = time.time() + 0.05
    racers = [
        Fork(
            folder.parent / f"racer-{seed}",
            launch(folder, seed, *words),
            partial(wait, begin, spread),
        )
        for seed in range(RACERS)
    ]
    return [racer.end() for racer in racers]


def launch(folder: Path, seed: int, *words: str) -> list[str]:
    """What one of them types."""
    place = [f"runs_dir={os.path.relpath(folder.parent)}", f"name={folder.name}", f"seed={seed}"]
    return ["train", *SMALL, *words, *place]


def wait(begin: float, spread: float) -> None:
    """Until a moment after the beginning of all, another one in each process."""
    time.sleep(max(0, begin - time.time()) + random.SystemRandom().random() * spread)


def check_race(folder: Path, ended: list[Ended]) -> None:
    """One winner, whose files are all of its seed; the losers are told of it in one line."""
    assert [end for end in ended if end.code not in (0, 2)] == []
    (winner,) = [seed for seed, end in enumerate(ended) if end.code == 0]
    run, origin = RunDirectory(folder), (folder / ".hydra" / "config.yaml").read_text()
    assert f"\nseed: {winner}\n" in origin
    assert run.config()["seed"] == winner and run.status()["state"] == "done"
    assert run.result()["seeds"] == [winner] and run.load()[0] == 2
    assert [json.loads(line)["step"] for line in run.metrics.read_text().splitlines()] == [2] * 3
    for end in ended:
        # A loser that comes after the winner's end has the folder too, for a look at its settings.
        users = [f"is in use by process {each.pid}:" for each in ended if each is not end]
        reasons = (*users, "holds a run with other settings")
        told = end.err.count("\n") == 1 and any(each in end.err for each in reasons)
        assert end.code == 0 or told, end.err


if __name__ == "__main__":  # a process that has loaded all, and prints how they ended
    import torch

    import mcgan.experiment.fit  # noqa: F401

    torch.set_num_threads(1)
    place, longest, *more = sys.argv[1:]
    print(json.dumps(race(Path(place), float(longest), *more)))

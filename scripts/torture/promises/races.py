"""One process at a time works on a run: of launches at once one wins, and loses nothing.

Four launches of one name, each with another seed, at once or apart by up to the length of a run.
Exactly one ends with 0 and all files are of its seed. The others exit with 2 and one line: the pid
of who has the folder, or that the run has other settings. Now and then all are
mistaken, and nothing is left; or four have no name, and each gets a folder of its own.
"""

import os
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from forked import Fork
from mcgan.cli.main import main
from racing import RACERS, SMALL, check_race, launch, race

NUMBER, GOAL = "R6", 200
LONGEST = 1.0  # seconds apart


def tries(draw: Random, place: Path) -> Iterator[object]:
    folder = place / "runs" / "one"
    launch_here()
    kind = draw.choice([mistaken, nameless, *[named] * 8])
    kind(folder, draw.choice([0.0, draw.uniform(0, LONGEST)]))
    yield kind


@cache
def launch_here() -> None:
    """Each of the launches once in this process: what Hydra composes of their words is kept."""
    with (
        TemporaryDirectory(prefix="mcgan-torture-") as place, chdir(place),
        open(os.devnull, "w") as null, redirect_stdout(null), redirect_stderr(null),
    ):  # fmt: skip
        for seed in range(RACERS):
            assert main(launch(Path(place, "runs", "one"), seed)) == 0
            os.rename("runs", f"done-{seed}")


def named(folder: Path, spread: float) -> None:
    check_race(folder, race(folder, spread))


def mistaken(folder: Path, spread: float) -> None:
    ended = race(folder, spread / 10, "reg=pac", "reg.pac.m=3")
    assert {end.code for end in ended} == {2}, ended
    assert not folder.exists()


def nameless(folder: Path, spread: float) -> None:
    """Of the same words, at the same moment."""
    words = ["train", *SMALL, f"runs_dir={folder.parent}"]
    forks = [Fork(folder.parent.parent / f"racer-{i}", words) for i in range(RACERS)]
    assert [fork.end().code for fork in forks] == [0] * RACERS
    assert len([*folder.parent.glob("*/result.json")]) == RACERS

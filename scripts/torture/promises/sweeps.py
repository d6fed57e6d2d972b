"""A sweep that is killed or stopped loses no job, and trains none twice.

SIGKILL, SIGTERM or SIGINT at a random moment of a sweep of three jobs, up to three times; the same
command again until it has ended. All jobs are done, results that were there are untouched, and a
job of each seed is as the run that nobody disturbed.
"""

import signal
from collections.abc import Iterator
from pathlib import Path
from random import Random

from forked import Ended, Fork
from mcgan.run.directory import RunDirectory
from processes import ending, same
from torture import small

NUMBER, GOAL = "R7", 50
SEEDS = "seed=0,1,2"
JOBS = 3


def tries(draw: Random, place: Path) -> Iterator[object]:
    folder = place / "runs" / "sweep"
    words = ["train", "-m", *small.words(folder)[1:], SEEDS]
    done: dict[Path, bytes] = {}
    for stop in range(draw.randint(1, 3)):
        ended = disturb(draw, place, words)
        assert ended.code in (0, -9, 130, 143, -15), ended
        check_untouched(done)
        done |= {file: file.read_bytes() for file in folder.glob("*/result.json")}
        yield stop
    ended = Fork(place, words).end()
    assert ended.code == 0, ended
    check_untouched(done)
    for seed in range(JOBS):
        [job] = folder.glob(f"*seed-{seed}*")
        same(ending(RunDirectory(job)), small.whole(f"seed={seed}"))
    yield "the end"


def disturb(draw: Random, place: Path, words: list[str]) -> Ended:
    fork = Fork(place, words)
    small.wait(fork, draw.uniform(0, JOBS * small.LONGEST))
    fork.send(draw.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGINT]))
    return fork.end()


def check_untouched(done: dict[Path, bytes]) -> None:
    assert all(file.read_bytes() == content for file, content in done.items())

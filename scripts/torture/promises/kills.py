"""A kill costs no more than the steps since the last checkpoint, and no bit of the end.

A training process gets SIGKILL, up to eight times a run. Half of the kills come at a random time,
half at one of 20 named points. Points lie before and after these: a temporary file, fsync, rename,
pruning, the lock, status.json, a move of a player, an evaluation, a picture, the last words. Others
lie in the middle of writing a file or a row. The same command, or `mcgan resume`, goes on until the
run has ended. Its newest checkpoint is never unreadable or older than before the kill. Its tensors,
optimiser states, rows, scores and verdict are those of a run that nobody disturbed. The lock of a
dead owner is free.
"""

from collections.abc import Iterator
from pathlib import Path
from random import Random

from mcgan.run.directory import RunDirectory
from mcgan.run.states import RunState
from processes import ending, same
from torture import hurt, small

NUMBER, GOAL = "R1", 1000
KILLS = 8  # of a run, at most
KILLED = -9


def tries(draw: Random, place: Path) -> Iterator[object]:
    folder, step, kills = place / "runs" / "one", 0, 0
    while RunDirectory(folder).status().get("state") != RunState.DONE:
        code = disturb(draw, folder) if kills < KILLS else small.train(folder).code
        assert code in (0, KILLED), code
        now = small.newest_good(folder)
        assert now >= step, f"the newest checkpoint was of step {step}, and is of {now}"
        step = now
        if code == KILLED:
            kills += 1
            yield kills
    same(ending(RunDirectory(folder)), small.whole())


def disturb(draw: Random, folder: Path) -> int:
    """Trains or resumes, and kills; the exit code, which is 0 where the run was faster."""
    begin = draw.choice([small.start, small.go_on])
    if draw.random() < 0.5:
        return begin(folder, prepare=hurt.choose(draw, small.kill)).end().code
    fork = begin(folder)
    small.wait(fork, draw.uniform(0, small.LONGEST))
    fork.send(-KILLED)
    return fork.end().code

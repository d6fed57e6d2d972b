"""A damaged checkpoint is never used: the newest good one is, and the log names file and reason.

Bit flips, cuts, zeroed pages and tails, scrambled, swapped, repeated and appended pieces, empty
files, older files and those of another run under the newest name. If the newer of two is damaged,
the tensors of the older one come back; where both are, `mcgan resume` exits 2 with one line.
"""

import logging
from collections.abc import Iterator
from pathlib import Path
from random import Random

import torch

from damage import damage
from forked import Fork
from mcgan.engine.replicas import flatten
from mcgan.run import checkpoint
from mcgan.run.directory import RunDirectory
from torture import small

NUMBER, GOAL = "R2", 10_000
MUTANTS = 500  # of a round


def tries(draw: Random, place: Path) -> Iterator[object]:
    run, other = RunDirectory(place / "runs/one"), RunDirectory(place / "runs/other")
    assert small.train(run.folder).code == 0 and small.train(other.folder, "seed=5").code == 0
    newest, older = (run.checkpoints / f"step-{step:08d}.pt" for step in (small.STEPS, 35))
    first, log = older.read_bytes(), Log()
    whole, foreign = newest.read_bytes(), (other.checkpoints / newest.name).read_bytes()
    newest.unlink()
    good, marks = flatten(run.load()[1]), run._origins()  # as `run.load` knows its own checkpoints
    logging.getLogger("mcgan.run.checkpoint").addHandler(log)
    for mutant in range(MUTANTS):
        newest.write_bytes(damage(whole, draw, mutant) if mutant > 2 else (b"", first, foreign)[
            mutant])
        check_fallback(run.checkpoints, marks, good, log)
        yield mutant
    older.write_bytes(damage(first, draw, draw.randrange(8)))
    ended = Fork(place, ["resume", str(run.folder)]).end()
    assert ended.code == 2 and ended.err.count("\n") == 1, ended
    yield "both"


def check_fallback(folder: Path, marks: set[str], good: dict[str, torch.Tensor], log: "Log"
                   ) -> None:
    log.lines.clear()
    step, state = checkpoint.load(folder, marks)
    found = flatten(state)
    assert step == 35 and found.keys() == good.keys()
    assert all(torch.equal(found[name], good[name]) for name in good)
    assert len(log.lines) == 1 and f"step-{small.STEPS:08d}.pt: " in log.lines[0], log.lines


class Log(logging.Handler):
    """What is logged meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())

"""A damaged checkpoint is never used: the newest good one is, and the log names file and reason.

Files are damaged in many ways: bit flips, cuts, zeroed pages and tails, pieces that are scrambled,
swapped, repeated or appended. Some are empty. Some are older files, or files of another run, under
the newest name. Each is refused; for one in twenty the run is loaded, and the tensors of the older
checkpoint come back, with one line that names the damaged file. Where both are damaged, `mcgan
resume` exits 2 with one line.
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
MUTANTS = 1000  # of a round
SOMETIMES = 20  # mutants


def tries(draw: Random, place: Path) -> Iterator[object]:
    run, other = RunDirectory(place / "runs/one"), RunDirectory(place / "runs/other")
    assert small.train(run.folder).code == 0 and small.train(other.folder, "seed=5").code == 0
    newest, older = (run.checkpoints / f"step-{step:08d}.pt" for step in (small.STEPS, 35))
    first, whole = older.read_bytes(), newest.read_bytes()
    odd = [b"", first, (other.checkpoints / newest.name).read_bytes()]
    newest.unlink()
    good, marks = flatten(run.load()[1]), run._origins()  # as `run.load` knows its own checkpoints
    for mutant in range(MUTANTS):
        newest.write_bytes(odd[mutant] if mutant < len(odd) else damage(whole, draw, mutant))
        assert is_refused(newest, marks)
        if mutant % SOMETIMES == 0:
            check_fallback(run.checkpoints, marks, good)
        yield mutant
    older.write_bytes(damage(first, draw, draw.randrange(8)))
    ended = Fork(place, ["resume", str(run.folder)]).end()
    assert ended.code == 2 and ended.err.count("\n") == 1, ended
    yield "both"


def is_refused(file: Path, marks: set[str]) -> bool:
    try:
        checkpoint.read(file, marks)
    except checkpoint.BadCheckpoint:
        return True
    return False


def check_fallback(folder: Path, marks: set[str], good: dict[str, torch.Tensor]) -> None:
    log = Log()
    checkpoint.log.addHandler(log)
    try:
        step, state = checkpoint.load(folder, marks)
    finally:
        checkpoint.log.removeHandler(log)
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

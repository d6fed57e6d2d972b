"""A run goes on with the data that it began with, or not at all.

Vectors of a random file, with labels, in a run that is stopped by SIGTERM at a random step. Then a
number, the order, the count of rows or a label changes, or a file is gone: `mcgan resume` exits
with 2 and one line, and leaves the run as it is. With its files as they were, or moved elsewhere
and named anew, it ends as one that nobody disturbed.
"""

import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import numpy as np

from forked import Fork
from mcgan.run.directory import RunDirectory
from processes import ending, same
from torture import small
from torture.hurt import Hurt

NUMBER, GOAL = "R18", 200
ROWS = 60
TRIES = 10  # of a round
WORDS = ("dataset=array", "dataset.root=x.npy", "dataset.labels=labels.npy")
Change = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def tries(draw: Random, place: Path) -> Iterator[object]:
    """Tries on one file, whose run that nobody disturbed is trained once."""
    x, labels = np.random.default_rng(draw.getrandbits(32)).normal(size=(ROWS, 2)), halves()
    x[labels == 1] += 9
    lay(place, x, labels)
    whole, folder = small.train_here(place, *WORDS), place / "runs" / "one"
    for _ in range(TRIES):
        name = draw.choice([*CHANGES])
        change = Hurt("a step", draw.randint(1, small.STEPS - 1), True, small.stop)
        stopped = small.train(folder, *WORDS, prepare=change)
        assert stopped.code == 128 + signal.SIGTERM, stopped
        lay(place, *CHANGES[name](x, labels))
        if name == "gone":
            draw.choice([place / "x.npy", place / "labels.npy"]).unlink()
        refuse(place, folder, name)
        go_on(place, folder, x, labels, moved=draw.random() < 0.5)
        same(ending(RunDirectory(folder)), whole)
        yield name
        shutil.rmtree(folder)
        lay(place, x, labels)


def refuse(place: Path, folder: Path, name: str) -> None:
    """What is changed is told, and nothing of the run is."""
    before = ending(RunDirectory(folder))
    refused = Fork(place, ["resume", str(folder)]).end()
    assert refused.code == 2 and refused.err.count("\n") == 1, (name, refused)
    same(ending(RunDirectory(folder)), before)


def go_on(place: Path, folder: Path, x: np.ndarray, labels: np.ndarray, moved: bool) -> None:
    """With its files as they were, or ``moved`` elsewhere and named anew."""
    lay(place / "moved" if moved else place, x, labels)
    there = ["dataset.root=moved/x.npy", "dataset.labels=moved/labels.npy"] if moved else []
    again = Fork(place, ["resume", str(folder), *there]).end()
    assert again.code == 0, again


def halves() -> np.ndarray:
    return np.arange(ROWS) % 2


def lay(place: Path, x: np.ndarray, labels: np.ndarray) -> None:
    place.mkdir(exist_ok=True)
    np.save(place / "x.npy", x)
    np.save(place / "labels.npy", labels)


def change_a_number(x: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    other = x.copy()
    other[7, 1] += 0.5
    return other, labels


def change_a_label(x: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    other = labels.copy()
    other[7] = 1 - other[7]
    return x, other


CHANGES: dict[str, Change] = {
    "a number": change_a_number,
    "a label": change_a_label,
    "the order": lambda x, labels: (x[::-1], labels[::-1]),
    "a row less": lambda x, labels: (x[1:], labels[1:]),
    "gone": lambda x, labels: (x, labels),
}

"""How far a picture is: loops count their turns here, and whoever watches is told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count

Tell = Callable[[str], None]

watcher: ContextVar[Callable[[int, int], None] | None] = ContextVar("watcher", default=None)


def counted(turns: int) -> Iterator[int]:
    """0 … turns - 1, each told before it begins."""
    tell = watcher.get()
    for turn in range(turns):
        if tell:
            tell(turn, turns)
        yield turn


@contextmanager
def watch(tell: Tell) -> Iterator[None]:
    """Tells of every loop of the block: `training 2, turn 400 of 2,000`."""
    trainings = count(1)
    number = 0

    def note(turn: int, turns: int) -> None:
        nonlocal number
        number = next(trainings) if turn == 0 else number
        tell(f"training {number}, turn {turn:,} of {turns:,}")

    token = watcher.set(note)
    try:
        yield
    finally:
        watcher.reset(token)

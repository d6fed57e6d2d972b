"""How a run ended, and the exit code that says so."""

from collections.abc import Iterable
from typing import NamedTuple

MISTAKE, BUG = 2, 1
CODES = {"done": 0, "collapsed": 3, "diverged": 4, "failed": BUG}
RANKED = [0, 3, 4, MISTAKE, BUG]  # from good to bad: a sweep returns the last one met
ENDED = {"done", "collapsed", "diverged"}  # the same command again would change nothing


class Outcome(NamedTuple):
    """What `mcgan.experiment.fit` and `resume` return."""

    state: str  # done | collapsed | diverged | interrupted
    score: float | None = None  # the number a sweeper optimises
    signal: int = 0  # that interrupted the run: 2 or 15

    @property
    def code(self) -> int:
        return 128 + self.signal if self.state == "interrupted" else CODES[self.state]


class Interrupted(KeyboardInterrupt):
    """Ends a sweep after a job that was interrupted and saved. Hydra catches only Exceptions."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def worst(codes: Iterable[int]) -> int:
    return max(codes, key=RANKED.index, default=0)

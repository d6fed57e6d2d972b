"""The states of a run, and the exit codes that tell them."""

import signal
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class RunState(StrEnum):
    """What has become of a run; status.json holds these words."""

    RUNNING = "running"  # also after the process was killed
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    COLLAPSED = "collapsed"
    DIVERGED = "diverged"


ENDED = {RunState.DONE, RunState.COLLAPSED, RunState.DIVERGED}
"""The same command again would change nothing."""

BUG, MISTAKE = 1, 2
STOPPED = 128  # plus the number of the signal
EXIT_CODES = {RunState.DONE: 0, RunState.FAILED: BUG, RunState.COLLAPSED: 3, RunState.DIVERGED: 4,
              RunState.RUNNING: BUG}  # An interrupted run has that of its signal. # fmt: skip
RANKED = [0, 3, 4, STOPPED, MISTAKE, BUG]  # from good to bad


class Outcome(NamedTuple):
    """What `mcgan.experiment.fit` and `resume` return."""

    state: RunState
    score: float | None = None  # the number a sweeper optimises
    signal: int = 0  # that interrupted the run

    @property
    def code(self) -> int:
        """The exit code of a command that ends in this state."""
        return exit_code(self.state, self.signal)


class Interrupted(KeyboardInterrupt):
    """Ends a sweep after a job that was interrupted and saved. Hydra catches only Exceptions."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def exit_code(state: str, number: int | None = None, mistake: bool = False) -> int:
    """The exit code of a run in this state; `number` is of the signal that interrupted it.

    Signals are those of the terminal (130), of `kill` (143), and the one upon which submitit
    requeues a job (138 for SIGUSR1, 140 for SIGUSR2).
    """
    if mistake:
        return MISTAKE
    if state == RunState.INTERRUPTED:
        return STOPPED + (number or signal.SIGTERM)
    return EXIT_CODES.get(RunState(state), BUG)


def worst(codes: Iterable[int]) -> int:
    """The code of a sweep: the worst one of its jobs."""
    return max(codes, key=lambda code: RANKED.index(min(code, STOPPED)), default=0)

"""Commands in forks of this process: processes of their own, without the seconds of imports."""

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import NamedTuple, NoReturn

PATIENCE = 120.0  # seconds
PAUSE = 0.002
Prepare = Callable[[], object]


class Ended(NamedTuple):
    """How a command ended; the code is negative where a signal killed it."""

    pid: int
    code: int
    out: str
    err: str


def exit_as(act: Callable[[], int]) -> NoReturn:
    """Ends this fork with the code that ``act`` returns; with 1 and a traceback where it fails."""
    code = 1
    try:
        code = act()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


class Fork:
    """`mcgan WORDS` in a fork; what it says goes to files. `prepare` runs in the fork first."""

    def __init__(self, place: Path, words: Sequence[str], prepare: Prepare | None = None) -> None:
        place.mkdir(parents=True, exist_ok=True)
        self.files, self.words = (place / "out", place / "err"), words
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if not self.pid:
            self._become(words, prepare)

    def _become(self, words: Sequence[str], prepare: Prepare | None) -> NoReturn:
        def act() -> int:
            self._redirect()
            from mcgan.cli.main import main

            if prepare:
                prepare()
            return main(words)

        exit_as(act)

    def _redirect(self) -> None:
        """The streams of a process that was started with files for them, and its signals."""
        for number, file in enumerate(self.files, 1):
            os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        sys.stdout, sys.stderr = (open(number, "w", buffering=1) for number in (1, 2))
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def send(self, number: int) -> None:
        """Signals it, where it is still there."""
        if not self.has_ended():
            os.kill(self.pid, number)

    def has_ended(self) -> bool:
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def end(self, patience: float = PATIENCE) -> Ended:
        """Waits until it ends. Raises AssertionError where it takes too long."""
        until = time.monotonic() + patience
        while not self.has_ended():
            if time.monotonic() > until:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                raise AssertionError(f"it has not ended after {patience:.0f} s: {self.words!r}")
            time.sleep(PAUSE)
        _, status = os.waitpid(self.pid, 0)
        texts = [file.read_text(errors="replace") if file.exists() else "" for file in self.files]
        return Ended(self.pid, os.waitstatus_to_exitcode(status), *texts)


def in_fork(test: Callable[..., None]) -> Callable[..., None]:
    """The test in a fork of this process, which gives back all the memory that it takes."""

    @wraps(test)
    def run(*args: object, **named: object) -> None:
        pid = os.fork()
        if not pid:
            exit_as(lambda: test(*args, **named) or 0)
        _, status = os.waitpid(pid, 0)
        assert os.waitstatus_to_exitcode(status) == 0, "its traceback is above"

    return run

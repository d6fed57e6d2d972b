"""Signals as a wish to stop: at the next step of a run, or of every run of a sweep."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from mcgan.system import worker

ASKING = [
    getattr(signal, name) for name in ("SIGHUP", "SIGUSR1", "SIGUSR2") if hasattr(signal, name)
]  # a closed terminal; schedulers before time is up
HANG_UP = getattr(signal, "SIGHUP", None)


@contextmanager
def interruptible() -> Iterator[list[int]]:
    """Collects the signals that end a run, so that a step can end; a second one acts as always.

    But a closed terminal may say so twice, by its shell and by the system.
    """
    if worker.enlisted.is_set():
        yield worker.stop
        return
    seen: list[int] = []

    def note(number: int, restore: Callable[[], None]) -> None:
        seen.append(number)
        restore()
        if number == HANG_UP:
            signal.signal(number, signal.SIG_IGN)

    with handle_signals(list_heeded(), note):
        yield seen


def list_heeded() -> list[int]:
    """Signals that ask a process to end, and by default do so with nothing saved.

    SIGINT and SIGTERM always; those of `ASKING` where nobody handles or ignores them, as nohup does
    a closed terminal's. In a job of submitit the signal upon which it requeues the job, but not
    SIGTERM: clusters send that first, as a warning, and submitit passes it over.
    """
    requeue = getattr(signal, "SIG" + os.environ.get("SUBMITIT_PREEMPT_SIGNAL", "USR2"), None)
    asking = [number for number in ASKING if signal.getsignal(number) is signal.SIG_DFL]
    if "SUBMITIT_EXECUTOR" in os.environ and requeue and callable(signal.getsignal(requeue)):
        return [signal.SIGINT, requeue, *asking]
    return [signal.SIGINT, signal.SIGTERM, *asking]


def hand_on(number: int) -> None:
    """A saved run's signal to whoever else waits for it: submitit requeues the job and exits."""
    if number not in (signal.SIGINT, signal.SIGTERM) and callable(signal.getsignal(number)):
        signal.raise_signal(number)


@contextmanager
def pass_on() -> Iterator[list[int]]:
    """Collects SIGINT and SIGTERM and tells this process's workers to stop.

    Without workers a signal acts as always; so does a second one.
    """
    seen: list[int] = []

    def tell(number: int, restore: Callable[[], None]) -> None:
        restore()
        workers = multiprocessing.active_children()
        if not workers:
            signal.raise_signal(number)
        seen.append(number)
        for process in workers:
            process.terminate()

    with handle_signals([signal.SIGINT, signal.SIGTERM], tell):
        yield seen


@contextmanager
def handle_signals(
    numbers: list[int], handle: Callable[[int, Callable[[], None]], Any]
) -> Iterator[None]:
    """Calls ``handle(number, restore)`` for these signals, in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in numbers}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    for number in numbers:
        signal.signal(number, lambda number, frame: handle(number, restore))
    try:
        yield
    finally:
        restore()

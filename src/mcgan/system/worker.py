"""A process that trains jobs of a sweep for another one, as joblib's workers do.

joblib kills all its workers once one of them raises. So a worker that is told to stop saves its run
and returns, and hands back at once what jobs still come.
"""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PAUSE = 0.2  # seconds between looks at the parent
SHARED = ("SIGINT", "SIGHUP", "SIGUSR1", "SIGUSR2")  # terminals and schedulers send them to all

stop: list[int] = []  # signals that told this worker to stop
enlisted = threading.Event()
busy = threading.Lock()  # held while a job runs


def is_worker() -> bool:
    """Whether this process is a worker of joblib."""
    return multiprocessing.current_process().name.startswith("LokyProcess")


@contextmanager
def working() -> Iterator[None]:
    """Around every job, in whichever process."""
    if is_worker() and not enlisted.is_set():
        enlist()
    with busy:
        yield


def enlist() -> None:
    """The parent alone says when to stop: what reaches it as well, such as Ctrl-C, is ignored.

    Its death says so too.
    """
    enlisted.set()
    for name in SHARED:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    signal.signal(signal.SIGTERM, heed)
    threads = os.environ.get("OMP_NUM_THREADS", "1")  # joblib sets it to cores / workers
    os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", threads)
    threading.Thread(target=outlive, daemon=True).start()


def heed(number: int, frame: Any) -> None:
    """Stop after this step; a second signal does what it always does."""
    stop.append(number)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def outlive() -> None:
    """Ends an orphan once its run is saved: another sweep may want to go on with that run."""
    parent = multiprocessing.parent_process()
    while parent and os.getppid() == parent.pid:
        time.sleep(PAUSE)
    os.kill(os.getpid(), signal.SIGTERM)
    with busy:
        os._exit(128 + signal.SIGTERM)

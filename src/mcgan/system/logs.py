"""The messages of a run that Python started: in its log and on standard output, for a while."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STAMPED = "[%(asctime)s][%(name)s][%(levelname)s] - %(message)s"


@contextmanager
def run_log(file: Path, level: int) -> Iterator[None]:
    """Writes mcgan's messages to ``file``, and shows those from ``level`` on.

    Where the caller has configured logging, it shows them by its own handlers alone.
    """
    log = logging.getLogger("mcgan")
    before = log.level
    handlers = [file_handler(file), *([] if logging.getLogger().handlers else [shown(level)])]
    log.setLevel(logging.INFO)
    for handler in handlers:
        log.addHandler(handler)
    try:
        yield
    finally:
        log.setLevel(before)
        for handler in handlers:
            log.removeHandler(handler)
            handler.close()


def file_handler(file: Path) -> logging.Handler:
    """It opens the file with its first message: a refused run leaves no log."""
    handler = logging.FileHandler(file, delay=True)
    handler.setFormatter(logging.Formatter(STAMPED))
    return handler


def shown(level: int) -> logging.Handler:
    handler = logging.StreamHandler(sys.stdout)
    handler.setLevel(level)
    return handler

"""The messages of a run that Python started: in its log and on standard output, for a while."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STAMPED = "[%(asctime)s][%(name)s][%(levelname)s] - %(message)s"


class ToRoot(logging.Handler):
    """Hands messages to the handlers that the caller has configured."""

    def emit(self, record: logging.LogRecord) -> None:
        logging.getLogger().handle(record)


@contextmanager
def run_log(file: Path | None, level: int) -> Iterator[None]:
    """Writes mcgan's messages to a ``file``, if one is kept, and shows those from ``level`` on.

    Where the caller has configured logging, that alone decides what is shown.
    """
    log = logging.getLogger("mcgan")
    before = log.level, log.propagate
    handlers = [*([file_handler(file)] if file else []), screen_handler(level)]
    log.setLevel(logging.INFO)
    log.propagate = False  # The root's handlers would show what is for the file alone.
    for handler in handlers:
        log.addHandler(handler)
    try:
        yield
    finally:
        log.setLevel(before[0])
        log.propagate = before[1]
        for handler in handlers:
            log.removeHandler(handler)
            handler.close()


def drop_log_files() -> None:
    """Takes the handlers away that Hydra made for a job's file; it is not made before a message."""
    root = logging.getLogger()
    for handler in [each for each in root.handlers if isinstance(each, logging.FileHandler)]:
        root.removeHandler(handler)
        handler.close()


def file_handler(file: Path) -> logging.Handler:
    """It opens the file with its first message: a refused run leaves no log."""
    handler = logging.FileHandler(file, delay=True, encoding="utf-8")
    handler.setFormatter(logging.Formatter(STAMPED))
    return handler


def screen_handler(level: int) -> logging.Handler:
    """Standard output from ``level`` on, or what the caller has configured."""
    handler: logging.Handler
    if logging.getLogger().handlers:
        handler, level = ToRoot(), logging.getLogger("mcgan").getEffectiveLevel()
    else:
        handler = logging.StreamHandler(sys.stdout)
    handler.setLevel(level)
    return handler

"""The messages of a run that Hydra does not log: in its own file and on standard output."""

import logging
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from copy import copy
from pathlib import Path

STAMPED = "[%(asctime)s][%(name)s][%(levelname)s] - %(message)s"


class ToRoot(logging.Handler):
    """Hands messages to the handlers that the caller has configured."""

    def emit(self, record: logging.LogRecord) -> None:
        """Hands a message on to the root logger, and so to the handlers that Hydra made."""
        logging.getLogger().handle(record)


class Named(ToRoot):
    """Hands warnings on as those of a run, by its name: others are trained at the same time."""

    def __init__(self, name: str) -> None:
        super().__init__(logging.WARNING)
        self.of = name

    def emit(self, record: logging.LogRecord) -> None:
        """Shows a message with the name of its run before it."""
        told = copy(record)
        told.msg, told.args = f"{self.of}: {record.getMessage()}", None
        super().emit(told)


def run_log(file: Path | None, level: int) -> AbstractContextManager[None]:
    """Writes mcgan's messages to a ``file``, if one is kept, and shows those from ``level`` on.

    Where the caller has configured logging, that alone decides what is shown.
    """
    return log_by(*kept(file), screen_handler(level))


def lane_log(file: Path | None, name: str) -> AbstractContextManager[None]:
    """Writes mcgan's messages to a ``file``, and shows warnings with the name of their run."""
    return log_by(*kept(file), Named(name))


def kept(file: Path | None) -> list[logging.Handler]:
    """The handler of a run's own file, if it keeps one."""
    return [file_handler(file)] if file else []


@contextmanager
def log_by(*handlers: logging.Handler) -> Iterator[None]:
    """Hands mcgan's messages to these handlers alone, which are closed in the end."""
    log = logging.getLogger("mcgan")
    before = log.level, log.propagate
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

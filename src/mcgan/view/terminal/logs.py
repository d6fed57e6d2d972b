"""Log lines while a bar stands in the terminal."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.file_proxy import FileProxy


@contextmanager
def logs_above(console: Console) -> Iterator[None]:
    """Log lines for a terminal go above the bar of ``console``, wrapped between words.

    A handler writes to the stream of before the bar: it would leave a stale bar behind each line.
    """
    handlers = [
        each
        for each in logging.getLogger().handlers
        if isinstance(each, logging.StreamHandler)
        and each.stream  # None: a file unopened
        and each.stream.isatty()
    ]
    streams = [each.setStream(FileProxy(console, each.stream)) for each in handlers]
    try:
        yield
    finally:
        for handler, stream in zip(handlers, streams, strict=True):
            handler.setStream(stream)

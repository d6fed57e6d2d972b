"""Output that ends no run, where nobody reads it, its disk is full or its terminal lacks a sign."""

import codecs
import io
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

SPELLED = {
    "·": "-",
    "–": "-",
    "—": "-",
    "━": "-",
    "…": "...",
    "×": "x",
    "½": "1/2",
    "¼": "1/4",
    "≥": ">=",
    "≤": "<=",
    "±": "+-",
    "→": "->",
    "σ": "sigma",
}
ERRORS = "mcgan.spell"


def spell(error: UnicodeError) -> tuple[str, int]:
    """How an encoding says what it lacks: a handler for `codecs`."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(SPELLED.get(sign, "?") for sign in lacking), error.end


codecs.register_error(ERRORS, spell)


class Forgiving:
    """A text stream that drops what cannot be written; in all else it is the stream it wraps."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Writes what the stream can take, and drops the rest; returns the text's length."""
        with suppress(OSError, ValueError):  # a broken pipe, a full disk; a closed file
            self.stream.write(encodable(text, self.stream))
        return len(text)

    def flush(self) -> None:
        """Hands on what is buffered, if anybody still reads it."""
        with suppress(OSError, ValueError):
            self.stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def encodable(text: str, stream: Any) -> str:
    """A text in which signs that the stream's encoding lacks are replaced."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, ERRORS).decode(encoding)


@contextmanager
def forgiving_output() -> Iterator[None]:
    """Standard output and error whose failures raise nothing, for handlers of logging too."""
    before = sys.stdout, sys.stderr
    wrapped = {id(stream): Forgiving(stream) for stream in before if is_open(stream)}
    sys.stdout, sys.stderr = (wrapped.get(id(stream), stream) for stream in before)
    handlers = [
        (handler, handler.stream)
        for handler in logging.getLogger().handlers
        if isinstance(handler, logging.StreamHandler) and id(handler.stream) in wrapped
    ]
    for handler, stream in handlers:
        handler.stream = wrapped[id(stream)]  # setStream would flush the one that fails
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
        for handler, stream in handlers:
            handler.stream = stream


def is_open(stream: Any) -> bool:
    """Whether there is a stream, and a plain one: it is None where the process was given none."""
    return stream is not None and not isinstance(stream, Forgiving)


@contextmanager
def spelled_output() -> Iterator[None]:
    """What the terminal's encoding lacks is spelled, as `-` for `·`, and is no error."""
    streams = [
        (stream, stream.errors)
        for stream in (sys.stdout, sys.stderr)
        if isinstance(stream, io.TextIOWrapper)
    ]
    for stream, _ in streams:
        stream.reconfigure(errors=ERRORS)
    try:
        yield
    finally:
        for stream, errors in streams:
            with suppress(OSError, ValueError):
                stream.reconfigure(errors=errors)


def open_missing() -> None:
    """Gives a process what it was started without: else its next files are its standard output."""
    while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(handle, True)
    os.close(handle)
    sys.stdout = sys.stdout or open(os.devnull, "w")
    sys.stderr = sys.stderr or open(os.devnull, "w")


def let_go() -> None:
    """Empties standard output and error; what cannot be written is dropped, before Python tries."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())

"""A user's mistake is one sentence; a bug keeps its traceback."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

LARGEST = 3.4e38  # of a number with 32 bits
WHOLE = 2**63  # the first whole number that 64 bits cannot hold


class UserError(Exception):
    """A mistake of the user's: one sentence that says what is wrong, where, and what to do."""


class Refused(UserError):
    """A folder that holds another run or other files: nothing there may be touched."""


class JobError(Exception):
    """A bug in a job, by its type and text. In the job's own process `__cause__` is the bug itself,
    in others there is none, as not every exception can be pickled.
    """


@contextmanager
def short_traceback() -> Iterator[None]:
    """A UserError leaves the block without the errors of libraries that it was made of."""
    try:
        yield
    except UserError as error:
        raise error from None


def at_least(low: int, **values: int | None) -> None:
    """Raises ValueError if a value is below `low`."""
    for name, value in values.items():
        if value is not None and value < low:
            raise ValueError(f"{name} must be at least {low}, not {value}")


def check_finite(name: str, value: object) -> None:
    """Raises ValueError for a number that torch cannot compute with: NaN, infinite or too large.

    A list and a mapping are searched; ``name`` is the value's own, for the sentence.
    """
    if isinstance(value, Mapping):
        for key, each in value.items():
            check_finite(f"{name}.{key}", each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            check_finite(name, each)
    elif isinstance(value, float) and not abs(value) <= LARGEST:
        raise ValueError(f"{name} must be finite, at most {LARGEST:g} in size, not {value:g}")
    elif isinstance(value, int) and not abs(value) < WHOLE:
        raise ValueError(f"{name} must be a whole number below 2^63 in size")


def check_count(n: object, what: str, name: str = "n") -> None:
    """Raises UserError for an ``n`` that is no whole number of at least 1; ``name`` is its own."""
    if isinstance(n, bool) or not hasattr(n, "__index__") or int(n.__index__()) < 1:
        raise UserError(
            f"{name} must be a whole number of at least 1, not {n!r}: it is the number of {what}"
        )


def near(word: str, options: Iterable[str], lead: str = "") -> str:
    """`; did you mean 'x'?` for the option nearest to `word`, after its ``lead``; or nothing."""
    hit = difflib.get_close_matches(word, list(options), n=1)
    return f"; did you mean {lead + hit[0]!r}?" if hit else ""


def near_or_all(
    word: str, options: Iterable[str], all_of: str = "choose from", lead: str = ""
) -> str:
    """`; did you mean 'x'?`, or else ` (choose from: x, y)`: with a guess nobody needs a list."""
    known = list(options)
    return near(word, known, lead) or f" ({all_of}: {', '.join(known) or 'nothing'})"


def printable(value: Any) -> Any:
    """The value with every character that is not printable written as an escape, such as ``\\n``.

    Lists and mappings keep their form: what others wrote into a file cannot break out of a cell.
    """
    if isinstance(value, list):
        return [*map(printable, value)]
    if not isinstance(value, str):
        return (
            {printable(key): printable(each) for key, each in value.items()}
            if isinstance(value, dict)
            else value
        )
    if value.isprintable():
        return value
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in value
    )


def one_line(text: object) -> str:
    """The text without its line breaks."""
    return re.sub(r"\s*\n\s*", " ", str(text)).strip()


def as_line(text: object) -> str:
    """The text as a line of the terminal: what is typed may hold a carriage return or a colour."""
    return str(printable(" ".join(str(text).split())))

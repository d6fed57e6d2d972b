"""metrics.jsonl: one JSON object a line, strict JSON, flushed line by line."""

import json
import logging
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mcgan.system import atomic

log = logging.getLogger(__name__)

Values = Sequence[float | None]  # one per replica; None, NaN and infinities: there is no number
Row = dict[str, Any]

LAST_STEP = 2**53  # whole numbers above it are no exact floats


class MetricsLog:
    """Appends rows. With `resume_step`, rows of later steps are dropped first.

    Damaged lines then go to a file beside it, and are counted in the log; rows after them stay.
    """

    def __init__(self, path: Path, resume_step: int | None = None) -> None:
        self.path = path
        if resume_step is not None:
            keep_until(path, resume_step)
        with atomic.disk_errors(path):
            self.file = open(path, "a", buffering=1, encoding="utf-8")

    def append(self, kind: str, step: int, values: Mapping[str, Values]) -> None:
        """One row. NaN and infinities become null. Raises UserError where the disk refuses."""
        row = {"kind": kind, "step": step} | {key: clean(each) for key, each in values.items()}
        with atomic.disk_errors(self.path):
            self.file.write(json.dumps(row, allow_nan=False) + "\n")

    def sync(self) -> None:
        """Makes what was appended last through a power cut. Raises UserError."""
        with atomic.disk_errors(self.path):
            os.fsync(self.file.fileno())

    def close(self) -> None:
        """Closes the file. Raises UserError if the disk is full."""
        with atomic.disk_errors(self.path):
            self.file.close()


def keep_until(path: Path, step: int) -> None:
    """Takes later rows out of the file, and sets damaged lines aside."""
    whole, damaged = [], []
    for text in lines(path):
        row = parse(text)
        if row is None:
            damaged.append(text)
        elif row["step"] <= step:
            whole.append(text)
    if damaged and not damaged[-1].endswith(b"\n"):
        damaged.pop()  # cut off by a kill: its step comes again
    if damaged:
        set_aside(path, damaged)
    atomic.write_bytes(path, b"".join(text.rstrip(b"\n") + b"\n" for text in whole))


def set_aside(path: Path, damaged: Sequence[bytes]) -> None:
    """Moves damaged lines into a file beside the log, and says so."""
    place = path.with_suffix(".damaged")
    with atomic.disk_errors(place), open(place, "ab") as file:
        file.writelines(damaged)
    count = f"{len(damaged)} damaged line{'s' if len(damaged) > 1 else ''}"
    log.warning("%s: %s, now in %s; the rows before and after are kept", path, count, place.name)


def read(path: Path) -> Iterator[Row]:
    """The rows; a line that is none is passed over."""
    return (row for row in map(parse, lines(path)) if row is not None)


def lines(path: Path) -> Iterator[bytes]:
    """The lines of a file as bytes; none if there is no file."""
    if path.is_file():
        with open(path, "rb") as file:
            yield from file


def parse(text: bytes) -> Row | None:
    """The row of a line; None where it is damaged."""
    try:
        row = json.loads(text)
        return row if is_row(row) else None
    except (ValueError, OverflowError, RecursionError):
        return None


def is_row(row: Any) -> bool:
    """Whether parsed JSON is a row of the log: its kind, its step and lists of finite numbers."""
    if not (isinstance(row, dict) and isinstance(row.get("kind"), str)):
        return False
    step, columns = row.get("step"), [row[key] for key in row if key not in ("kind", "step")]
    return (
        type(step) is int
        and 0 <= step < LAST_STEP
        and all(isinstance(column, list) and all(map(is_value, column)) for column in columns)
    )


def is_value(value: Any) -> bool:
    """Whether a cell is a finite number or null."""
    return value is None or (type(value) in (int, float) and math.isfinite(value))


def clean(values: Values) -> list[float | None]:
    """The values with None for those that are not finite, which JSON cannot hold."""
    return [value if value is not None and math.isfinite(value) else None for value in values]

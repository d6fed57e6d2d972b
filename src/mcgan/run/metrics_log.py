"""metrics.jsonl: one JSON object a line, strict JSON, flushed line by line."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mcgan.system import atomic

Values = Sequence[float | None]  # one per replica; None, NaN and infinities: there is no number


class MetricsLog:
    """Appends rows. With `resume_step`, rows of later steps are dropped first."""

    def __init__(self, path: Path, resume_step: int | None = None) -> None:
        self.path = path
        if resume_step is not None:
            keep = [row for row in read(path) if row["step"] <= resume_step]
            atomic.write_text(path, "".join(map(line, keep)))
        with atomic.disk_errors(path):
            self.file = open(path, "a", buffering=1)

    def append(self, kind: str, step: int, values: Mapping[str, Values]) -> None:
        """One row. NaN and infinities become null. Raises UserError where the disk refuses."""
        row = {"kind": kind, "step": step} | {key: clean(each) for key, each in values.items()}
        with atomic.disk_errors(self.path):
            self.file.write(line(row))

    def close(self) -> None:
        with atomic.disk_errors(self.path):
            self.file.close()


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The rows. A line cut off by a kill ends the reading: nothing whole can follow it."""
    if not path.is_file():
        return
    with open(path, encoding="utf-8", errors="replace") as file:
        for text in file:
            try:
                yield json.loads(text)
            except ValueError:
                return


def line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, allow_nan=False) + "\n"


def clean(values: Values) -> list[float | None]:
    return [value if value is not None and math.isfinite(value) else None for value in values]

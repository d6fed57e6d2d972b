"""The course of a run over its steps, from metrics.jsonl."""

import math
import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mcgan.run.metrics_log import Values, read

COUNTS = ("modes_strict", "modes_covered", "effective_modes")  # the harder to reach the earlier


@dataclass
class RunCurves:
    """Counts of modes by step, each replica's; training time by step, and the usual step's time."""

    counts: dict[str, list[tuple[int, Values]]] = field(default_factory=dict)
    seconds: dict[int, float] = field(default_factory=dict)  # spent on steps until then
    step_ms: float | None = None  # of all replicas together; the median knows no warm-up

    def first(self, replica: int, full: float) -> int | None:
        """The first evaluated step with `full` strict modes; None: never."""
        for step, values in self.counts.get("modes_strict", []):
            value = values[replica] if replica < len(values) else None
            if value is not None and value >= full:
                return step
        return None


def course(path: Path) -> RunCurves:
    """What can be read; damaged lines are passed over."""
    made, paces, last, clock = RunCurves(), [], 0, 0.0
    for row in rows(path):
        step = row["step"]
        if row.get("kind") == "eval":
            for key in COUNTS:
                made.counts.setdefault(key, []).append((step, as_list(row.get(key))))
        elif row.get("kind") == "train":
            pace = number(row.get("time/step_ms"))
            clock, last = clock + pace * (step - last) / 1e3, step
            made.seconds[step] = clock
            paces.append(pace)
    made.step_ms = statistics.median(paces) if paces and math.isfinite(clock) else None
    return made


def rows(path: Path) -> Iterator[Mapping[str, Any]]:
    """The rows of a metrics.jsonl; none where the file cannot be opened."""
    try:
        yield from read(path)
    except OSError:
        return


def as_list(values: Any) -> list[float | None]:
    """The numbers of a logged column; None stands for anything that is not a number."""
    found = values if isinstance(values, list) else []
    return [value if isinstance(value, (int, float)) else None for value in found]


def number(values: Any) -> float:
    """The single number of a list, NaN where there is none: then the time is unknown from there."""
    found = as_list(values)
    return math.nan if len(found) != 1 or found[0] is None else float(found[0])

"""The course of a run, as columns: what metrics.jsonl holds, for pandas or NumPy."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mcgan.errors import UserError, near_or_all
from mcgan.metrics.measures import by_new_names
from mcgan.run import metrics_log

KINDS = ("eval", "train", "health")

Columns = dict[str, np.ndarray]


def course(file: Path, kind: str, seeds: Sequence[int]) -> Columns:
    """Columns of one length, by name: 'step', 'seed', and each number that was logged as ``kind``.

    A row of each replica at each step; NaN where there is no number. What the whole run shares,
    such as 'time/step_ms', stands in the rows of all its replicas. Raises UserError: no such kind.
    """
    if kind not in KINDS:
        raise UserError(f"no metrics of kind {kind!r}{near_or_all(kind, KINDS)}")
    rows = [by_new_names(row) for row in metrics_log.read(file) if row["kind"] == kind]
    names = dict.fromkeys(key for row in rows for key in row if key not in ("kind", "step"))
    steps = np.array([row["step"] for row in rows], dtype=np.int64)
    columns = {"step": steps.repeat(len(seeds)), "seed": np.tile(np.asarray(seeds), len(rows))}
    return columns | {name: column(rows, name, len(seeds)) for name in names}


def column(rows: Sequence[dict[str, Any]], name: str, replicas: int) -> np.ndarray:
    """A column of all rows and replicas, (rows * replicas,) float64."""
    filled = [fill(row.get(name, [None]), replicas) for row in rows]
    return np.array(filled, dtype=np.float64).reshape(-1)  # None becomes NaN


def fill(values: list[Any], replicas: int) -> list[Any]:
    """A value for each replica; none where a row has those of another run."""
    if len(values) == replicas:
        return values
    return (values if len(values) == 1 else [None]) * replicas


def as_frame(columns: Columns) -> Any:
    """A pandas DataFrame, or the columns where pandas is not installed."""
    try:
        import pandas
    except ImportError:
        return columns
    return pandas.DataFrame(columns)

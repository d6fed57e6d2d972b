"""A source that has been opened but not read: how many rows it has, and how some are taken."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from mcgan.judging.samples import Array

READERS: dict[str, Callable[[Any], Any]] = {
    "i": float, "u": float, "f": float,
    "M": lambda time: time.timestamp(), "m": lambda span: span.total_seconds(),
}  # fmt: skip


@dataclass
class Taken:
    """Rows that were read, and their labels where the source has some."""

    rows: Array
    labels: Array | None = None
    kept: Array | None = None  # which of the asked rows they are, where some cannot be read
    notes: list[str] = field(default_factory=list)


@dataclass
class Raw:
    """An opened source; ``take`` reads the rows of the given numbers, which are in order."""

    count: int
    take: Callable[[Array], Taken]
    columns: list[str] | None = None
    row_bytes: int = 8  # of one row in memory
    first: bool = False  # these are the first rows of a source that may have more
    notes: list[str] = field(default_factory=list)


def of_array(array: Array, labels: Array | None = None, columns: list[str] | None = None) -> Raw:
    """Rows of an array, which may lie in a mapped file: only the rows that are taken are read."""
    rows = array[None] if array.ndim == 0 else array
    names = None if labels is None else text_labels(labels)

    def take(chosen: Array) -> Taken:
        return Taken(np.asarray(rows[chosen]), None if names is None else names[chosen])

    size = int(np.prod(rows.shape[1:], dtype=np.int64)) * rows.dtype.itemsize
    return Raw(len(rows), take, columns, size)


def text_labels(labels: Any) -> Array:
    """Labels (n,) as texts: whole numbers without a decimal point."""
    array = as_array(labels).reshape(len(labels))
    if array.dtype.kind == "f" and (array == array.round()).all():
        array = array.astype(np.int64)
    return array.astype(str)


def as_array(values: Any) -> Array:
    """A numpy array of a tensor, on whichever device and in whichever precision, or of numbers."""
    if isinstance(values, torch.Tensor):
        plain = values.detach().cpu()
        return (plain.float() if plain.dtype in (torch.bfloat16, torch.half) else plain).numpy()
    return np.asarray(values)


def of_frame(frame: Any) -> Raw:
    """Rows of a pandas DataFrame: one array where all columns are numbers, else objects."""
    columns = [str(name) for name in frame.columns]

    def take(chosen: Array) -> Taken:
        return Taken(plain_rows(frame.iloc[chosen]))

    return Raw(len(frame), take, columns, 8 * len(columns))


def plain_rows(frame: Any) -> Array:
    """Numbers (n, columns) where no value is missing and all are numbers, else objects."""
    if all(kind.kind in "iuf" for kind in frame.dtypes) and not frame.isna().to_numpy().any():
        return np.asarray(frame.to_numpy(dtype=np.float64))
    rows = np.empty(frame.shape, dtype=object)
    for number, name in enumerate(frame.columns):
        rows[:, number] = plain_column(frame[name])
    return rows


def plain_column(column: Any) -> list[Any]:
    """Numbers as float, times as seconds, the rest as text; None where a value is missing."""
    kind = getattr(column.dtype, "kind", "O")
    make = READERS.get(kind, str)
    return [
        None if gone else make(value) for value, gone in zip(column, column.isna(), strict=True)
    ]

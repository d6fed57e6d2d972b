"""Samples of anybody's generator, or of its data, as one array with what is known of it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

Array = NDArray[Any]
Kind = Literal["vectors", "pictures", "table", "series"]
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done, and of how many."""

FEWEST = 2  # rows that can be compared at all
MOST_ROWS = 10_000  # taken where nobody says how many: the measures compare them in pairs
MOST_BYTES = 2**31  # of rows in memory, where nobody says how many


@dataclass(frozen=True, eq=False)
class Samples:
    """Rows of one source, in the form that features are computed from.

    Pictures are uint8 (n, channels, height, width); where the range of their values is unknown they
    are float32 instead. Vectors are float (n, d), series float (n, steps, d). The rows of a table
    are objects (n, columns): numbers, texts, and None for a missing value.
    """

    rows: Array
    kind: Kind
    name: str  # what was typed
    labels: Array | None = None  # (n,) names
    columns: list[str] | None = None
    notes: tuple[str, ...] = ()  # sentences for the user
    value_range: tuple[float, float] | None = None  # of pictures' values, as they were stored
    places: Array | None = None  # (n,) which rows of the source they are, counted from 0

    def __len__(self) -> int:
        return len(self.rows)

    def place_of(self, row: int) -> int:
        """Which row of the source this row is."""
        return row if self.places is None else int(self.places[row])

    @cached_property
    def digest(self) -> str:
        """The sha256 of the rows, in hexadecimal: equal for equal content in equal order."""
        known = hashlib.sha256(f"{self.kind} {self.rows.dtype} {self.rows.shape}".encode())
        if self.rows.dtype == object:
            known.update(repr(self.rows.tolist()).encode())
        else:
            known.update(np.ascontiguousarray(self.rows).data)
        return known.hexdigest()


def choose_rows(count: int, n: int, seed: int) -> Array:
    """Which rows of ``count`` are taken, in order: all, or n drawn without replacement."""
    if n >= count:
        return np.arange(count)
    order = torch.randperm(count, generator=torch.Generator().manual_seed(seed))
    return np.sort(order[:n].numpy())


def default_rows(row_bytes: int) -> int:
    """How many rows are taken where the user does not say: bounded in number and in memory."""
    return max(FEWEST, min(MOST_ROWS, MOST_BYTES // max(row_bytes, 1)))


def number_of(count: int, what: str) -> str:
    """The count with its noun: `1 row`, `1,200 rows`."""
    return f"{count:,} {what}" + ("" if count == 1 else "s")

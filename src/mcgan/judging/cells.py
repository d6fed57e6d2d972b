"""What stands in the cells of a table: numbers, texts, and None for a missing value."""

from collections.abc import Iterable, Sequence
from numbers import Real
from typing import Any

import numpy as np

from mcgan.dataset.csv_rows import is_number
from mcgan.judging.samples import Array

MISSING = {"", "na", "n/a", "nan", "null", "none", "?"}


def of_texts(rows: Sequence[Sequence[str]], width: int) -> Array:
    """Texts as float64 (n, width) where every cell is a number, else as objects.

    A column is one of numbers where every text in it is a number or missing.
    """
    table = np.empty((len(rows), width), dtype=object)
    for number in range(width):
        table[:, number] = typed_column([row[number].strip() for row in rows])
    numbers = all(isinstance(cell, float) for cell in table.flat)
    return table.astype(np.float64) if numbers else table


def typed_column(texts: list[str]) -> Sequence[float | str | None]:
    """A column's cells: numbers if all that are there are, else texts; None for missing."""
    there = [None if text.lower() in MISSING else text for text in texts]
    if all(text is None or is_number(text) for text in there):
        return [None if text is None else float(text) for text in there]
    return there


def of_objects(cells: Iterable[Any]) -> Array:
    """Objects (n,) as numbers, texts and None; a text that spells a number stays a text."""
    return np.array([*map(of_object, cells)], dtype=object)


def of_object(cell: Any) -> float | str | None:
    """A cell of a data frame as a number, a text, or None for a missing value."""
    if isinstance(cell, Real) and not isinstance(cell, (bool, np.bool_)):
        return None if np.isnan(float(cell)) else float(cell)
    return None if cell is None else str(cell)

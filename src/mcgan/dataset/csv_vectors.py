"""Vectors in a .csv file: columns of numbers, and one of labels where it is named."""

from pathlib import Path

import numpy as np

from mcgan.dataset.array_files import find_file
from mcgan.dataset.csv_rows import cells, checked, is_number, read_head
from mcgan.errors import UserError, near_or_all


def read_vectors(file: str, label: str | None) -> tuple[np.ndarray, np.ndarray | None]:
    """Columns of numbers (n, d) float64, and the words (n,) in the column of that name.

    Columns without a header are called 1, 2, 3. A first column without a name, as pandas' index has
    none, is left out. Raises UserError: no such file, rows of unequal
    length, no column of that name, or a cell of another column that is no number.
    """
    columns, start = read_columns(find_file(file, "dataset.root"), file)
    words = None if label is None else np.array(take_labels(columns, label, file))
    numbers = [read_numbers(name, texts, file, start) for name, texts in columns.items()]
    return np.array(numbers, dtype=np.float64).T, words


def read_columns(path: Path, file: str) -> tuple[dict[str, list[str]], int]:
    """The texts of each column by its name, and the file's row that they start in, from 1."""
    with cells(path) as rows:
        first = next(rows, [])
        others = [*checked(rows, len(first), path)]
    head = read_head(first, others[0] if others else [])
    names = head.names or [*map(str, range(1, len(first) + 1))]
    if len({*names}) < len(names):
        raise UserError(f"dataset.root={file}: two columns have one name: {', '.join(names)}")
    table = others if head.names else [first, *others]
    columns = {
        name: [row[at].strip() for row in table] for at, name in enumerate(names, head.left_out)
    }
    return columns, 2 if head.names else 1


def take_labels(columns: dict[str, list[str]], label: str, file: str) -> list[str]:
    """The words of the column of labels, which is taken out of the others."""
    if label not in columns:
        raise UserError(
            f"dataset.root={file} has no column {label!r}{near_or_all(label, columns, 'it has')}"
        )
    return columns.pop(label)


def read_numbers(name: str, texts: list[str], file: str, start: int) -> list[float]:
    """A column's numbers, the first of them in this row of the file."""
    try:
        return [*map(float, texts)]
    except ValueError as error:
        at = next(at for at, text in enumerate(texts) if not is_number(text))
        raise UserError(
            f"dataset.root={file}: row {start + at:,} of column {name!r} holds {texts[at]!r}, "
            "which is no number: leave the row or the column out, or name the column of labels by "
            f"dataset.labels_key={name}"
        ) from error

"""The rows of .csv files as texts: with any separator, with or without a header."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mcgan.errors import UserError

SNIFFED = 2**16  # letters that the separator is guessed from


@contextmanager
def cells(path: Path) -> Iterator[Iterator[list[str]]]:
    """The rows of a file as texts, without empty lines; its separator is found by itself."""
    with open(path, newline="", encoding="utf-8-sig", errors="replace") as file:
        start = file.read(SNIFFED)
        file.seek(0)
        line = start.partition("\n")[0]
        separator = max(",;\t", key=line.count)
        yield (row for row in csv.reader(file, delimiter=separator) if row)


def checked(rows: Iterator[list[str]], width: int, path: Path) -> Iterator[list[str]]:
    """The same rows. Raises UserError for one with more or fewer cells than the first row."""
    for number, row in enumerate(rows, 2):
        if len(row) != width:
            raise UserError(
                f"{path}: row {number:,} has {len(row)} cells, the first row {width}: "
                "give every row one cell for each column"
            )
        yield row


def is_header(row: list[str]) -> bool:
    """Whether a file's first row names its columns: nothing in it is a number."""
    return not any(is_number(cell) for cell in row)


def is_number(text: str) -> bool:
    """Whether a text can be read as a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True

"""Tables in .csv files: read in two passes, so that only the rows that are taken are kept."""

import csv
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mcgan.errors import UserError
from mcgan.judging.cells import is_number, of_texts
from mcgan.judging.raw import Raw, Taken
from mcgan.judging.samples import Array

SNIFFED = 2**16  # letters that the separator is guessed from
CELL_BYTES = 60  # of a text in memory


def open_csv(path: Path) -> Raw:
    """A table with or without a header. Raises UserError for rows of unequal length."""
    with cells(path) as rows:
        first = next(rows, [])
        width = len(first)
        count = 1 + sum(1 for _ in checked(rows, width, path))
    if not first:
        raise UserError(f"{path} is empty")
    header = not any(is_number(cell) for cell in first)
    columns = [name.strip() for name in first] if header else None

    def take(chosen: Array) -> Taken:
        with cells(path) as rows:
            kept = pick(itertools.islice(rows, int(header), None), chosen)
            return Taken(of_texts(kept, width))

    return Raw(count - header, take, columns, CELL_BYTES * width)


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


def pick(rows: Iterator[list[str]], chosen: Array) -> list[list[str]]:
    """The rows of these numbers, which are in order."""
    wanted = set(chosen.tolist())
    return [row for number, row in enumerate(rows) if number in wanted]

"""Tables in .csv files: read in two passes, so that only the rows that are taken are kept."""

import itertools
from collections.abc import Iterator
from pathlib import Path

from mcgan.dataset.csv_rows import cells, checked, read_head
from mcgan.errors import UserError
from mcgan.judging.cells import of_texts
from mcgan.judging.raw import Raw, Taken
from mcgan.judging.samples import Array

CELL_BYTES = 60  # of a text in memory


def open_csv(path: Path) -> Raw:
    """A table with or without a header; a first column without a name, as an index, is left out.

    Raises UserError for rows of unequal length.
    """
    with cells(path) as rows:
        first, second = next(rows, []), next(rows, [])
        others = itertools.chain([second] if second else [], rows)
        count = 1 + sum(1 for _ in checked(others, len(first), path))
    if not first:
        raise UserError(f"{path} is empty")
    names, left_out = read_head(first, second)

    def take(chosen: Array) -> Taken:
        with cells(path) as rows:
            kept = pick(itertools.islice(rows, int(names is not None), None), chosen)
            return Taken(of_texts([row[left_out:] for row in kept], len(first) - left_out))

    return Raw(count - (names is not None), take, names, CELL_BYTES * len(first))


def pick(rows: Iterator[list[str]], chosen: Array) -> list[list[str]]:
    """The rows of these numbers, which are in order."""
    wanted = set(chosen.tolist())
    return [row for number, row in enumerate(rows) if number in wanted]

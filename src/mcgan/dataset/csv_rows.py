"""The rows of .csv files as texts: with any separator, with or without a header."""

import codecs
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from mcgan.errors import UserError

SNIFFED = 2**16  # letters that separator and encoding are guessed from


@contextmanager
def cells(path: Path) -> Iterator[Iterator[list[str]]]:
    """The rows of a file as texts, without empty lines; its separator is found by itself.

    It is UTF-8, or as spreadsheets write it: UTF-16 with its mark, or Windows' Western letters.
    """
    with open(path, newline="", encoding=find_encoding(path), errors="replace") as file:
        start = file.read(SNIFFED)
        file.seek(0)
        line = start.partition("\n")[0]
        separator = max(",;\t", key=line.count)
        yield (row for row in csv.reader(file, delimiter=separator) if row)


def find_encoding(path: Path) -> str:
    """How the letters of a file are stored."""
    with open(path, "rb") as file:
        start = file.read(SNIFFED)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)  # the last letter may be cut
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def checked(rows: Iterator[list[str]], width: int, path: Path) -> Iterator[list[str]]:
    """The same rows. Raises UserError for one with more or fewer cells than the first row."""
    for number, row in enumerate(rows, 2):
        if len(row) != width:
            raise UserError(
                f"{path}: row {number:,} has {len(row)} cells, the first row {width}: "
                "give every row one cell for each column"
            )
        yield row


class Head(NamedTuple):
    """What the first row of a file says of its columns."""

    names: list[str] | None  # of the columns that are read; None: there is no header
    left_out: int  # how many cells at the start of each row are an index


def read_head(first: list[str], second: list[str]) -> Head:
    """The names of columns by a file's first row; an index without a name, as pandas', has none."""
    if not is_header(first, second):
        return Head(None, 0)
    left_out = int(has_row_numbers(first))
    return Head([name.strip() for name in first[left_out:]], left_out)


def is_header(first: list[str], second: list[str]) -> bool:
    """Whether a file's first row names its columns: nothing in it is a number, or it counts them.

    pandas writes columns without names as 0, 1, 2. Two such cells may be data, where the row below
    has whole numbers too.
    """
    if not any(is_number(cell) for cell in first):
        return True
    names = first[has_row_numbers(first) :]
    counted = len(names) > 1 and names == [*map(str, range(len(names)))]
    return counted and (len(names) > 2 or any("." in cell for cell in second))


def has_row_numbers(header: list[str]) -> bool:
    """Whether a header leaves the first of its columns without a name, as pandas' index is."""
    return len(header) > 1 and not header[0].strip() and all(map(str.strip, header[1:]))


def is_number(text: str) -> bool:
    """Whether a text can be read as a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True

"""What a run says while it trains, in lines that the terminal has room for."""

import logging
import shutil
import sys
import textwrap

NARROWEST = 40  # columns: below, words would stand alone


class ConsoleLines(logging.Formatter):
    """Breaks long lines between words at a terminal; a pipe or a file gets them whole."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's lines, each of at most the terminal's columns where words allow it."""
        text = super().format(record)
        if not sys.stdout.isatty():
            return text
        room = columns()
        return "\n".join(break_line(line, room) for line in text.split("\n"))


def columns() -> int:
    """The columns of a line at this terminal."""
    return max(shutil.get_terminal_size().columns, NARROWEST)


def break_line(line: str, room: int) -> str:
    """A line that is too long as several, the later ones indented; others stay as they are."""
    if len(line) <= room:
        return line
    return textwrap.fill(
        line, room, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )

import logging
import subprocess
import sys

import pytest

from mcgan.cli.console import ConsoleLines, break_line

NOTE = "note: the critic compares examples of a batch, so the gradient has cross terms: see it"


@pytest.fixture
def say(monkeypatch):
    """What a record reads like at a terminal of so many columns, or in a pipe."""

    def format_record(text: str, columns: int, terminal: bool = True) -> list[str]:
        monkeypatch.setattr("sys.stdout.isatty", lambda: terminal, raising=False)
        monkeypatch.setenv("COLUMNS", str(columns))
        record = logging.LogRecord("mcgan", logging.INFO, "", 0, text, None, None)
        return ConsoleLines("%(message)s").format(record).split("\n")

    return format_record


def test_a_long_line_is_broken_between_words(say):
    lines = say(NOTE, 60)
    assert len(lines) == 2 and all(len(line) <= 60 for line in lines)
    assert lines[1].startswith("  ") and " ".join(line.strip() for line in lines) == NOTE


def test_a_pipe_gets_it_whole(say):
    assert say(NOTE, 60, terminal=False) == [NOTE]


def test_a_table_keeps_its_columns(say):
    table = "score    perfect\n   8          8"
    assert say(table, 80) == table.split("\n")


def test_a_word_is_never_broken():
    path = "runs/" + "x" * 70
    assert path in break_line(f"try mcgan resume {path}", 60).split("\n  ")


def test_news_of_the_fonts_are_not_a_runs(home, monkeypatch):
    """Matplotlib tells of its list of fonts where it makes it, at the first picture of a user."""
    monkeypatch.setenv("MPLCONFIGDIR", str(home / "no_fonts_yet"))
    run = [sys.executable, "-m", "mcgan", "train", "train.steps=1"]
    done = subprocess.run(run, capture_output=True, text=True)
    assert done.returncode == 0 and any((home / "no_fonts_yet").glob("fontlist*"))
    assert "font" not in done.stdout + done.stderr

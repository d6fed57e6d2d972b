"""Output that fails ends nothing: a full disk, a reader who has gone, a terminal of plain ASCII."""

import io
import logging
import os
import subprocess
import sys

import pytest

from mcgan.system.streams import ERRORS, Forgiving, forgiving_output, spelled_output


class Broken(io.StringIO):
    """Fails as a pipe without a reader, or as a full disk."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def write(self, text: str = "") -> int:
        raise self.error

    def flush(self) -> None:
        self.write()


@pytest.mark.parametrize("error", [BrokenPipeError(32, "x"), OSError(28, "x"), ValueError("x")])
def test_what_cannot_be_written_is_dropped(error, monkeypatch):
    broken = Broken(error)
    monkeypatch.setattr(sys, "stdout", broken)
    with forgiving_output():
        print("lost", flush=True)
        assert sys.stdout.getvalue() == ""  # all else is the stream's
    assert sys.stdout is broken


def test_a_terminal_of_ascii_is_told_in_ascii():
    raw = io.BytesIO()
    stream = Forgiving(io.TextIOWrapper(raw, encoding="ascii", write_through=True))
    assert stream.write("step 3 · 2 … é\n") == 15
    assert raw.getvalue() == b"step 3 - 2 ... ?\n"


def test_every_verb_spells_what_the_encoding_lacks(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="latin-1"))
    with spelled_output():
        print("7–8 × ½ …")
    sys.stdout.flush()
    assert raw.getvalue() == "7-8 × ½ ...\n".encode("latin-1") and sys.stdout.errors == "strict"


def test_handlers_of_logging_write_to_it_too(monkeypatch):
    broken = Broken(OSError(28, "no space left"))
    monkeypatch.setattr(sys, "stdout", broken)
    handler, told = logging.StreamHandler(broken), []
    handler.handleError = told.append
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler])
    with forgiving_output():
        logging.getLogger().error("lost")
    assert told == [] and handler.stream is broken


def test_no_other_error_is_swallowed():
    with pytest.raises(RuntimeError):
        Forgiving(Broken(RuntimeError("a bug"))).write("text")
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("ascii", ERRORS)


CLOSED = """
import os, sys
from mcgan.cli.main import main
code = main(["--version"])
os.write(2, f"{code} {os.open('x', os.O_CREAT | os.O_RDWR) > 2}".encode())
"""


def test_files_do_not_become_the_output_of_a_process_that_has_none(tmp_path):
    """Else a line meant for the terminal would land in a checkpoint."""
    line = f"'{sys.executable}' -c \"$CODE\" >&- <&-"
    done = subprocess.run(["bash", "-c", line], env={**os.environ, "CODE": CLOSED},
                          cwd=tmp_path, stderr=subprocess.PIPE, text=True)  # fmt: skip
    assert done.stderr == "0 True"

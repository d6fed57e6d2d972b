"""docs/judge.md: its code runs from top to bottom, and each command line ends as it should."""

import contextlib
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mcgan.cli.judge import KEYS
from mcgan.cli.main import main
from mcgan.judging.pattern import COLLAPSED, PATTERNS

PAGE = Path(__file__).parents[1] / "docs" / "judge.md"
TEXT = PAGE.read_text(encoding="utf-8")
FENCES = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.M | re.S)
LINES = [
    line.partition(" #")[0].strip()
    for language, body in FENCES
    if language == "bash"
    for line in body.splitlines()
]
[SHOWN] = [body for language, body in FENCES if not language]
HEALTHY = {"series_fakes.npy", "mine:draw", "better.npy"}  # the only sources without a collapse
FORMS = {".html": b"<!DOCTYPE html>", ".png": b"\x89PNG"}


@pytest.fixture(scope="module", autouse=True)
def own_module() -> Iterator[None]:
    """The page's module `mine` is no other page's: it and its folder are forgotten at the end."""
    before = sys.path[:]
    yield
    sys.path[:] = before
    sys.modules.pop("mine", None)


@pytest.fixture(scope="module")
def names(folder: Path) -> dict[str, Any]:
    """What the code of the page leaves behind, in a folder of its own."""
    found: dict[str, Any] = {}
    with contextlib.chdir(folder):
        for number, (language, block) in enumerate(FENCES):
            if language == "python":
                exec(compile(block, f"block {number} of {PAGE.name}", "exec"), found)
    return found


def test_what_its_comments_say_is_so(names, folder):
    found, mode = names["found"], names["mode"]
    assert found.collapsed and found.kind == "missing"
    assert found.missing.rows.tolist() == np.flatnonzero(mode >= 5).tolist()
    assert all(
        (folder / f"found{end}").read_bytes().startswith(start) for end, start in FORMS.items()
    )


def shape(text: str) -> str:
    """The text with a 0 for each number, which may differ a little from machine to machine."""
    return re.sub(r"[\d.]*\d", "0", text)


@pytest.mark.parametrize(
    "line", [LINES[0], *(pytest.param(line, marks=pytest.mark.long) for line in LINES[1:])]
)
def test_each_line_ends_as_it_should(line, names, folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    words = shlex.split(line)[1:]
    code = main(words)
    told = capsys.readouterr()
    run = "first" in line and "better" not in line  # 20 steps: poor
    sources = [word for word in words[1:-1] if "=" not in word and not word.startswith("-")]
    fine = run or sources[0] in HEALTHY
    assert code == (0 if fine else 3), told
    if line == LINES[0]:
        assert shape(told.out.partition("\n\n")[0]) == shape(SHOWN.partition("\n\n")[0])
    if "--json" in words:
        assert told.out.startswith("{")
    else:
        assert max(map(len, told.out.splitlines())) <= 80
    for flag in ("--html", "--figure"):
        if flag in words:
            file = folder / words[words.index(flag) + 1]
            assert file.read_bytes().startswith(FORMS[file.suffix])


def test_it_tells_of_every_setting_and_every_kind():
    for key in KEYS:
        assert f"{key}=" in TEXT
    table = dict(re.findall(r"^\| ([a-z ]+) \| .* \| (\d) \|$", TEXT, re.M))
    assert {*table} == {kind for kind, _ in PATTERNS} | {"healthy", "too few"}
    assert {kind for kind, code in table.items() if code == "3"} == {*COLLAPSED}

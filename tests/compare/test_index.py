"""Runs of large studies are read once, and again where a file of theirs changes."""

import json
import os
import sqlite3
from pathlib import Path

import pytest

from finished import write_run
from mcgan.compare import index, reading
from mcgan.compare.comparison import compare
from mcgan.compare.run import Run

COUNT = 6


class Reader:
    """Notes which folders are read."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, folder: Path) -> Run:
        self.seen.append(folder.name)
        return reading.read(folder)


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Runs that count as a large study: whole ones, one with a measurement more, damaged ones."""
    monkeypatch.setattr(index, "FEW", 2)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    runs = [
        write_run(tmp_path / "study" / f"run{i}", [8 - i, None], seed=2 * i, full_at=500)
        for i in range(COUNT)
    ]
    content = json.loads((runs[0] / "result.json").read_text())
    (runs[0] / "evaluations").mkdir()
    (runs[0] / "evaluations" / "more.json").write_text(
        json.dumps(content | {"evaluation": {"samples": 99}})
    )
    (runs[4] / "result.json").write_text("{")
    (runs[5] / "status.json").write_text('{"state": "running", "step": 3, "steps": 9}')
    return runs


def read(study: list[Path]) -> tuple[list[Run], list[str]]:
    reader = Reader()
    return index.read_indexed(study, reader), reader.seen


def test_what_is_remembered_is_what_was_read(study: list[Path]) -> None:
    fresh, seen = read(study)
    assert seen == [folder.name for folder in study] and len(fresh[0].results) == 2
    again, seen = read(study)
    assert again == fresh and not seen
    assert [run.folder for run in again] == study


@pytest.mark.parametrize(
    "file",
    [
        "status.json",
        "result.json",
        "metrics.jsonl",
        "evaluations/more.json",
        ".hydra/overrides.yaml",
    ],
)
def test_a_run_is_read_again_where_one_of_its_files_changes(study: list[Path], file: str) -> None:
    read(study)
    changed = study[0] / file
    changed.parent.mkdir(exist_ok=True)
    changed.touch()
    os.utime(changed, ns=(1, 1))
    assert read(study)[1] == ["run0"]
    changed.unlink()
    assert read(study)[1] == ["run0"]


@pytest.mark.parametrize("damage", [b"no database at all" * 100, b"SQLite format 3\0" + bytes(99)])
def test_a_damaged_index_is_made_anew_without_a_word(study, damage, capsys) -> None:
    wanted, _ = read(study)
    file = index.cache_folder() / "compare.sqlite"
    file.write_bytes(damage)
    assert read(study) == (wanted, [folder.name for folder in study])
    assert read(study) == (wanted, [])
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("row", ["", "[]", "{}", '{"course": 1}', '{"state": "done"'])
def test_a_damaged_row_is_read_anew(study: list[Path], row: str) -> None:
    wanted, _ = read(study)
    with sqlite3.connect(index.cache_folder() / "compare.sqlite") as table:
        table.execute("UPDATE runs SET run = ? WHERE folder LIKE '%run3'", (row,))
    table.close()
    assert read(study) == (wanted, ["run3"])


def test_without_a_place_for_it_runs_are_read(study: list[Path], tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    wanted, seen = read(study)
    assert read(study) == (wanted, seen) and len(seen) == COUNT


def test_a_small_study_leaves_no_index(study: list[Path]) -> None:
    read(study[:2])
    assert not index.cache_folder().exists()


def test_a_comparison_is_the_same_the_second_time(study: list[Path]) -> None:
    first, again = (compare([study[0].parent]) for _ in range(2))
    assert again == first and first.runs == 4 and len(first.left_out) == 2


def test_the_oldest_are_forgotten(study: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "MOST", 4)
    read(study)
    assert read(study)[1] == ["run0", "run1"]


def test_the_same_question_is_answered_without_reading_until_a_file_changes(
    study, cli, monkeypatch
) -> None:
    words = ("compare", str(study[0].parent), "--format", "csv")
    first = cli(*words)
    monkeypatch.setattr(reading, "read", None)  # nothing may be read
    monkeypatch.setattr(index, "restored", None)
    assert cli(*words) == first and "run4" in first.err and "modes_covered" in first.out
    monkeypatch.undo()


def test_another_question_or_another_run_has_another_answer(study, cli) -> None:
    place = str(study[0].parent)
    plain = cli("compare", place).out
    assert cli("compare", place, "--format", "csv").out != plain == cli("compare", place).out
    write_run(study[0].parent / "one_more", [3], seed=90)
    assert cli("compare", place).out != plain

"""What is found in folders, and what becomes of runs that are unfinished or damaged."""

import json
import os
from pathlib import Path

import pytest

from finished import write_run
from mcgan.compare.grouping import tables
from mcgan.compare.reading import read, read_all
from mcgan.compare.statistics import rows
from mcgan.errors import UserError


def test_runs_are_found_at_any_depth_and_none_twice(write, tmp_path: Path) -> None:
    write("a/sweep/one", [8])
    write("a/sweep/two", [8], seed=1)
    write("a/single", [8], seed=2)
    write("a/single/inner", [8], seed=3)  # name=single/inner
    (tmp_path / "a/single/figures").mkdir()
    (tmp_path / "a/single/figures/status.json").write_text("{}")
    os.symlink(tmp_path / "a/sweep/one", tmp_path / "link")
    found = read_all([tmp_path / "a", tmp_path / "a/sweep", tmp_path / "link"])
    names = [run.folder.relative_to(tmp_path / "a").as_posix() for run in found]
    assert names == ["single", "single/inner", "sweep/one", "sweep/two"]
    assert all(run.results and run.state == "done" for run in found)


def test_a_folder_without_runs_is_one_sentence(write, tmp_path: Path) -> None:
    write("a/one", [8])
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="empty holds no runs: give the folder of"):
        read_all([tmp_path / "a", tmp_path / "empty"])


@pytest.mark.parametrize(
    ("status", "note"),
    [
        ({"state": "running", "step": 300}, "at step 300 of 1,000"),
        ({"state": "interrupted", "step": 1200}, "at step 1,200 of 1,000"),
        ({"state": "failed", "error": "no\n data"}, "no data"),
    ],
)
def test_an_unfinished_run_says_how_far_it_is(write, status, note) -> None:
    run = read(write("one", [8], status=status))  # beside an older result
    assert (run.state, run.note, run.results) == (status["state"], note, [])


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("status.json", '{"state": "do'),
        ("status.json", "[]"),
        ("status.json", "null"),
        ("status.json", "\x00"),
        ("result.json", "{"),
        ("result.json", "[1]"),
        ("result.json", "{}"),
        ("result.json", '{"metrics": {}, "seeds": []}'),
        ("result.json", '{"metrics": {"modes": {"values": [1, 2]}}, "seeds": [0]}'),
        ("result.json", '{"metrics": {"modes": {"values": ["x"]}}, "seeds": [0]}'),
        ("result.json", '{"metrics": {"modes": {"values": [1]}}, "seeds": [0], "step": 1}'),
        ("result.json", '{"metrics": {"modes": 3}, "seeds": [0]}'),
    ],
)
def test_a_damaged_run_is_told_and_no_traceback(write, file: str, text: str) -> None:
    folder = write("one", [8])
    (folder / file).write_text(text)
    run = read(folder)
    assert run.state == "damaged" and not run.results
    assert run.note and "\n" not in run.note


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- reg=none\n- seed=0\n", ["reg=none", "seed=0"]),
        ("[]", []),
        ("{", []),
        ("3", []),
        ("", []),
        ("- reg=\x1b[31m\n", []),
        ("\xff", []),
        ("- {a: 1}", ["{'a': 1}"]),
    ],
)
def test_what_was_typed_is_read_or_unknown(write, text: str, words: list[str]) -> None:
    folder = write("one", [8])
    (folder / ".hydra").mkdir()
    (folder / ".hydra/overrides.yaml").write_text(text, encoding="latin-1")
    run = read(folder)
    assert run.words == words and run.results


def test_without_a_status_the_result_and_config_speak(write) -> None:
    folder = write("one", [8])
    config = json.loads((folder / "status.json").read_text())["config"]
    (folder / "status.json").unlink()
    assert read(folder).note.endswith("is not a run: it has no config.yaml")
    (folder / "config.yaml").write_text(json.dumps(config))
    run = read(folder)
    assert run.state == "done" and run.config == config and run.results


def test_an_ended_run_without_result(write) -> None:
    folder = write("one", [8])
    (folder / "result.json").unlink()
    assert read(folder).note == "it has no result.json"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "3\n",
        '{"step": "x"}\n',
        '{"kind": "eval", "step": 1}\n',
        '{"kind": "train", "step": 1, "time/step_ms": 3}\n',
    ],
)
def test_damaged_metrics_cost_the_course_alone(write, text: str) -> None:
    folder = write("one", [8], full_at=500)
    (folder / "metrics.jsonl").write_text(text)
    run = read(folder)
    assert run.results and run.course.first(0, 8) is None and run.course.step_ms is None


def test_what_was_measured_again_comes_along(write) -> None:
    folder = write("one", [8])
    own = json.loads((folder / "result.json").read_text())
    other = own | {"protocol": {**own["protocol"], "name": "pacgan"}}
    (folder / "evaluations").mkdir()
    for name, content in {"a": own, "b": other, "c": other | {"step": 5}}.items():
        (folder / "evaluations" / f"{name}.json").write_text(json.dumps(content))
    (folder / "evaluations/d.json").write_text("{")
    names = [found["protocol"]["name"] for found in read(folder).results]
    assert names == ["default", "pacgan"]  # once, and of the same weights


def test_measures_of_old_runs_go_by_their_new_names(tmp_path: Path) -> None:
    """`modes` was what is now `modes_published`; what is not known of a run stays unknown."""
    folder = write_run(tmp_path / "old", [7, 6])
    content = json.loads((folder / "result.json").read_text())
    published = content["metrics"].pop("modes_published")
    del content["metrics"]["modes_covered"]
    content["metrics"]["modes"] = published
    (folder / "result.json").write_text(json.dumps(content))
    (folder / "evaluations").mkdir()
    again = content | {"protocol": {**content["protocol"], "name": "pacgan"}}
    (folder / "evaluations" / "pacgan-10000.json").write_text(json.dumps(again))
    for result in read(folder).results:
        assert "modes" not in result["metrics"]
        assert result["metrics"]["modes_published"]["values"] == [7, 6]
    assert len(read(folder).results) == 2
    [row] = rows(tables([read(folder)])[0])
    assert row.spreads["modes_covered"].mean is None and row.rank[0] == -6.5

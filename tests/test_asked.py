"""What each asked cure is for: the runs compose, the tests pair seeds, the figure draws."""

import sys
from importlib import import_module
from pathlib import Path

import pytest

from mcgan.config.compose import compose

ROOT = Path(__file__).resolve().parents[1]
OURS = ("asked", "catalogue", "pool", "rescue", "rescue_rows", "tables")


@pytest.fixture
def asked(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    yield import_module("asked")
    for name in OURS:
        sys.modules.pop(name, None)


@pytest.fixture
def rescue(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    return import_module("rescue")


def scored(score, *values):
    return {"seeds": [*range(len(values))], "scores": {score: list(values)}}


def test_every_own_run_is_a_configuration_that_composes(asked, tmp_path):
    asks = {name: question for name, question, _ in asked.own_runs()}
    for name, words in asked.work({}, tmp_path).items():
        config = compose(*words[1:]).config
        assert config["train"]["steps"] == asked.STEPS
        seeds = range(config["seed"], config["seed"] + config["replicas"])
        assert seeds == asks[name].seeds and len(seeds) >= asked.SEEDS


def cures(typed):
    """The words of a row, one for each strategy of a list."""
    return {
        f"reg={name}" if key == "reg" else word
        for word in typed.split()
        for key, _, value in [word.partition("=")]
        for name in value.strip("[]").split(",")
    }


def test_rows_differ_from_the_first_by_cures_added_or_left_out(asked):
    for question in asked.QUESTIONS.values():
        first, *others = map(cures, question.rows.values())
        typed = [other for other in others if len(other) > 1 and len(first) > 1]
        assert all(first < other for other in typed) or all(other < first for other in typed)


def test_stored_rows_are_runs_of_the_table_of_rescues(asked, rescue, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["rescue"])
    known = {job.name for job in rescue.jobs("alone", rescue.read_arguments())}
    stored = {
        typed
        for question in asked.QUESTIONS.values()
        for typed in question.rows.values()
        if "/" in typed
    }
    assert stored and stored <= known  # in docs/rescue.json


def test_what_is_known_is_not_run_again(asked, tmp_path):
    name, *_ = asked.work({}, tmp_path)
    assert name not in asked.work({name: {}}, tmp_path)


def test_a_row_is_tested_against_the_first_seed_by_seed(asked):
    found = {
        "rotate-alone/reg-none": scored("rotation", *(0.4 + 0.01 * i for i in range(12))),
        "rotate-alone/reg-replay": scored("rotation", *(0.3 + 0.01 * i for i in range(12))),
    }
    assert asked.tested("replay", found) == {"reg=replay": "-0.1, p <0.001"}


def test_the_table_tells_what_was_not_run(asked):
    assert "| `reg=replay` | 0 | – |" in asked.table({})


def test_the_figure_has_a_dot_for_each_seed(asked):
    found = {"rotate-alone/reg-none": scored("rotation", 0.1, 0.2, 0.3)}
    sheet = asked.draw(found)
    lines = [line for axes in sheet.axes for line in axes.get_lines()]
    assert sum(len(line.get_xdata()) == 3 for line in lines) == 1
    assert len(sheet.axes) == len(asked.QUESTIONS)

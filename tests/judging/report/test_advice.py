"""What people try: options that exist, numbers that were measured."""

import importlib
import json
import sys
from pathlib import Path

import pytest

from mcgan.config.messages import list_options
from mcgan.judging.pattern import PATTERNS
from mcgan.judging.report import advice

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def tables():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "scripts"))
        yield importlib.import_module("judge_advice")
    sys.modules.pop("judge_advice")


def test_the_options_the_kinds_and_the_games_exist():
    kinds = {kind for kind, _ in PATTERNS}
    for kind, entry in advice.load_advice().items():
        assert kind in kinds
        assert entry["game"] in advice.load_measured()
        assert {*entry} <= {"game", *advice.GROUPS}
        for group in advice.GROUPS:
            assert {*entry.get(group, ())} <= {*list_options(group)}


def test_the_numbers_are_those_of_the_tables(tables):
    stored = tables.MEASURED.read_text()
    assert tables.text() == stored, "run python scripts/judge_advice.py"
    rescue, catalogue = (json.loads(f.read_text()) for f in (tables.RESCUE, tables.CATALOGUE))
    word = next(iter(json.loads(stored)["plain"]["options"]))
    catalogue[f"ring/{word.replace('=', '-')}"]["stale"] = True
    assert word not in tables.collect(rescue, catalogue)["plain"]["options"]


@pytest.mark.parametrize("game", ["collapse", "plain"])
def test_no_option_is_advised_that_did_worse_than_none(game):
    found = advice.load_measured()[game]
    assert found["options"]
    for word, row in found["options"].items():
        assert row["mean"] > found["none"]["mean"], word


def test_each_game_has_a_table_that_repeats_nothing():
    lines = [*advice.tell_advice(["missing", "healthy", "poor and missing", "poor"])]
    heads = [line for line in lines if line.startswith("What people try")]
    assert "collapses" in heads[0]
    assert "short run" in heads[1]
    assert sum("reg=pac" in line.split() for line in lines) == 1
    assert all(len(line) <= 80 for line in lines)
    assert [*advice.tell_advice(["healthy", "different"])] == []


def test_the_best_comes_first_and_what_is_not_measured_last():
    counted = {"counted": "modes", "seeds": 3, "none": {"mean": 1.0, "interval": [0.0, 2.0]}}
    options = {
        "reg=a": {"mean": 2.0, "interval": [1.0, 3.0]},
        "reg=b": {"mean": 7.8, "interval": [7.5, 8.0]},
    }
    lines = [*advice.tell_game({**counted, "options": options}, ["reg=c", "reg=a", "reg=b"])]
    assert lines[0] == "What people try; modes, up to 3 seeds:"
    assert [line.split()[0] for line in lines[1:]] == ["none", "reg=b", "reg=a", "reg=c"]
    assert lines[2].endswith("7.8 (7.5 to 8.0)")
    assert lines[4].endswith("not measured at its present defaults")

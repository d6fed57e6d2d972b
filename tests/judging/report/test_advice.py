"""What people try: options that exist, numbers that were measured."""

import json
import sys
from pathlib import Path

from mcgan.config.messages import list_options
from mcgan.judging.pattern import PATTERNS
from mcgan.judging.report import advice

ROOT = Path(__file__).resolve().parents[3]


def test_the_options_and_the_kinds_exist():
    kinds = {kind for kind, _ in PATTERNS}
    for kind, groups in advice.load_advice().items():
        assert kind in kinds
        for group, names in groups.items():
            assert {*names} <= {*list_options(group)}


def test_the_numbers_are_those_of_the_catalogue(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import judge_advice

    stored = judge_advice.MEASURED.read_text()
    assert judge_advice.text() == stored, "run python scripts/judge_advice.py"
    catalogue = json.loads(judge_advice.CATALOGUE.read_text())
    word = next(iter(json.loads(stored)["options"]))
    catalogue[f"ring/{word.replace('=', '-')}"]["stale"] = True
    assert word not in judge_advice.collect(catalogue)["options"]
    sys.modules.pop("judge_advice")


def test_lines_say_what_is_not_measured_and_repeat_nothing():
    lines = [*advice.tell_advice(["missing", "healthy", "poor and missing"])]
    assert sum("reg=mixture" in line.split() for line in lines) == 1
    assert all(len(line) <= 80 for line in lines)
    assert [*advice.tell_advice(["healthy", "different"])] == []
    assert advice.row_of(None).startswith("not measured")
    assert advice.row_of({"mean": 7.8, "interval": [7.5, 8.0]}) == "7.8 (7.5 to 8.0)"

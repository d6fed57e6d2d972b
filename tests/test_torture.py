"""The campaign of `make torture`: it counts what held, keeps what failed, and its page is fresh."""

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def torture(monkeypatch):
    """A module of the campaign by its name."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    return lambda name: importlib.import_module(f"torture.{name}")


def test_the_page_is_fresh_and_every_promise_has_its_number(torture):
    page = torture("page")
    text = page.PAGE.read_text(encoding="utf-8")
    assert page.page(text) == text, "run make torture RECORD=1"
    numbers = [promise.number for promise in torture("promise").find_promises()]
    assert len({*numbers}) == len(numbers) >= 15


def fail_at_three(draw: Random, place: Path):
    """Holds for two tries of even seeds, and for none of a folder that is not its own."""
    assert Path.cwd() == place and not any(place.iterdir())
    for number in range(3):
        (place / "mutant").write_text(str(number))
        assert number < 2, f"mutant {number}"
        yield number


def test_what_fails_is_kept_and_counted(torture, tmp_path, capsys):
    promise = torture("promise").Promise("odd", "R99", 7, "Says.", "Form.", fail_at_three)
    campaign = torture("campaign").Campaign(tmp_path / "kept", tmp_path / "totals.json")
    assert not campaign.run([promise], 60)
    assert capsys.readouterr().out.split()[:7] == ["R99", "odd", "7", "tried", "5", "held", "0"]
    told = (tmp_path / "kept" / "odd-1" / "failure.txt").read_text()
    assert "ONLY=odd SEED=1" in told and "AssertionError: mutant 2" in told
    assert (tmp_path / "kept" / "odd-1" / "mutant").read_text() == "2"
    assert not (tmp_path / "kept" / "odd-2").exists()  # the round in which the goal was reached


def test_a_campaign_goes_on_where_the_last_one_ended(torture, tmp_path):
    promise = torture("promise").Promise(
        "even", "R98", 4, "Says.", "Form.", lambda draw, place: iter([draw.random()] * 3)
    )
    for rounds, tried in ((1, 1), (2, 2)):
        campaign = torture("campaign").Campaign(tmp_path / "kept", tmp_path / "totals.json")
        assert campaign.run([promise], 0)
        total = json.loads((tmp_path / "totals.json").read_text())["R98"]
        assert (total["rounds"], total["tried"], total["held"]) == (rounds, tried, tried)


@pytest.mark.long
def test_a_small_campaign_holds(tmp_path):
    path = os.pathsep.join(map(str, (ROOT / "scripts", ROOT / "tests")))
    before = os.environ.get("PYTHONPATH", "")
    words = [sys.executable, "-m", "torture", "--minutes", "0.3", "--folder", tmp_path / "kept"]
    done = subprocess.run(words, env={**os.environ, "PYTHONPATH": f"{path}:{before}"}, text=True,
                          capture_output=True)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert [*(tmp_path / "kept").iterdir()] == [tmp_path / "kept" / "totals.json"]

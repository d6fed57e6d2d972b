"""A second launch of one name, at any moment: one run, and the others are told who has it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import racing
from forked import Ended
from racing import check_race


def race(folder: Path, spread: float, *words: str) -> list[Ended]:
    """In a process of its own, which may fork."""
    done = subprocess.run([sys.executable, racing.__file__, folder, str(spread), *words],
                          stdout=subprocess.PIPE, text=True, check=True)  # fmt: skip
    return [Ended(*each) for each in json.loads(done.stdout)]


def test_of_launches_at_once_one_wins(tmp_path: Path) -> None:
    check_race(tmp_path / "runs/one", race(tmp_path / "runs/one", 0.0))


@pytest.mark.long
@pytest.mark.parametrize("round", range(6))
def test_of_launches_at_any_moment_one_wins(tmp_path: Path, round: int) -> None:
    """The spread is about the length of a run: some look while another begins, saves or ends."""
    check_race(tmp_path / "runs/one", race(tmp_path / "runs/one", 0.15 * round))


@pytest.mark.long
@pytest.mark.parametrize("round", range(3))
def test_of_launches_that_fail_none_leaves_anything(tmp_path: Path, round: int) -> None:
    """All are mistaken: each takes away what it made, and nobody else's."""
    ended = race(tmp_path / "runs/one", 0.02 * round, "reg=pac", "reg.pac.m=3")
    assert {end.code for end in ended} == {2}
    assert not (tmp_path / "runs/one").exists()

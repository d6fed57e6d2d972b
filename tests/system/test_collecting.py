"""Garbage is looked for as before once a command has ended."""

import gc

import pytest

from mcgan.cli.main import main
from mcgan.system.collecting import RARER, seldom_collecting


def test_old_objects_are_looked_through_less_often_and_then_as_before():
    before = gc.get_threshold()
    with pytest.raises(KeyError), seldom_collecting():
        assert gc.get_threshold() == (*before[:2], RARER * before[2])
        raise KeyError
    assert gc.get_threshold() == before


def test_a_command_leaves_them_as_they_were(monkeypatch):
    seen = []
    monkeypatch.setattr("mcgan.cli.main.guard", lambda words: seen.append(gc.get_threshold()) or 3)
    before = gc.get_threshold()
    assert main(["list"]) == 3
    assert seen == [(*before[:2], RARER * before[2])] and gc.get_threshold() == before

"""The meaning of an option changes with its formula and its defaults, and with nothing else."""

import sys
from types import ModuleType

import pytest

from mcgan.config.meanings import read_meaning, read_meanings
from mcgan.reg.r1 import R1

YAML = "# @package reg.wave\n# Waves\n_target_: mine_waves.Wave\nheight: 2\n"


@pytest.fixture
def wave(home, monkeypatch):
    """A strategy of the user's; `wave(text)` changes its YAML."""
    module = ModuleType("mine_waves")
    module.Wave = type("Wave", (R1,), {})
    monkeypatch.setitem(sys.modules, "mine_waves", module)
    monkeypatch.setenv("MCGAN_TARGETS", "mine_waves")
    file = home.parent / "options" / "conf" / "reg" / "wave.yaml"
    file.write_text(YAML)
    return file, module.Wave


def test_comments_and_places_are_no_meaning(wave):
    file, _ = wave
    before = read_meaning("reg", "wave")
    file.write_text(YAML.replace("Waves", "Other words") + "# more\n")
    assert read_meaning("reg", "wave") == before


def test_another_default_is_another_meaning(wave):
    file, _ = wave
    before = read_meaning("reg", "wave")
    file.write_text(YAML.replace("2", "3"))
    after = read_meaning("reg", "wave")
    assert after["defaults"] != before["defaults"] and after["version"] == before["version"] == 1


def test_a_raised_version_is_another_meaning(wave):
    _, known = wave
    known.version = 2
    assert read_meaning("reg", "wave")["version"] == 2


def test_a_default_of_the_class_counts(monkeypatch):
    before = read_meaning("reg", "r1")
    monkeypatch.setattr(R1.__dataclass_fields__["gamma"], "default", 2.0)
    assert read_meaning("reg", "r1") != before


def test_what_is_no_longer_there_is_left_out():
    found = read_meanings([("reg", "r1"), ("reg", "renamed"), ("protocol", "default")])
    assert [*found] == ["reg=r1", "protocol=default"]

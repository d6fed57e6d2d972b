"""Narrow modes: counts and quality do not see them, widths do."""

import pytest

from mcgan.explain._samples import make
from mcgan.explain.spread import KINDS, NAMES, STD, draw


@pytest.fixture(scope="module")
def scores() -> dict[str, dict[str, float]]:
    _, made = make(STD, KINDS, 0)
    return {name: {key: found[key] for key in NAMES} for name, (_, found) in made.items()}


def test_counts_and_quality_see_none_of_it(scores):
    assert all(found["modes_covered"] == 8 for found in scores.values())
    narrow = (
        "half as wide",
        "a point in each mode",
        "a line through each mode",
        "this mode alone is narrow",
    )
    assert all(scores[name]["quality"] >= scores["as the data"]["quality"] - 0.005
               for name in narrow)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "width", "least"),
    [
        ("as the data", 1.0, 1.0),
        ("half as wide", 0.5, 0.5),
        ("a point in each mode", 0.02, 0.02),
        ("a line through each mode", 0.7, 0.05),
        ("this mode alone is narrow", 0.93, 0.2),
    ],
)
def test_widths_tell_and_the_least_spread_finds_one_axis_and_one_mode(scores, name, width, least):
    assert scores[name]["width_ratio"] == pytest.approx(width, rel=0.05)
    assert scores[name]["spread_least"] == pytest.approx(least, rel=0.1)


def test_too_wide_costs_quality(scores):
    assert scores["twice as wide"]["quality"] < 0.7 and scores["twice as wide"]["width_ratio"] > 1.5


def test_the_picture_of_another_seed():
    assert draw(1).data.startswith(b"\x89PNG")

"""Constructed samples: what the picture claims is what the measures say."""

import pytest

from mcgan.explain._samples import make
from mcgan.explain.measures import KINDS, NAMES, STD, draw


@pytest.fixture(scope="module")
def scores() -> dict[str, dict[str, float]]:
    _, made = make(STD, KINDS, 0)
    return {name: {key: found[key] for key in NAMES} for name, (_, found) in made.items()}


def counts(found: dict[str, float]) -> tuple[float, ...]:
    return tuple(found[key] for key in ("modes_covered", "modes_published", "modes_strict"))


def test_a_stray_sample_makes_a_mode_as_papers_count_and_covers_none(scores):
    assert counts(scores["a perfect sampler"]) == (8, 8, 8)
    assert counts(scores["half of the modes"]) == (4, 4, 4)
    assert counts(scores["the same, and a stray in 500"]) == (4, 8, 4)


def test_uneven_shares_and_half_of_the_modes_have_one_kl(scores):
    uneven, half = scores["every mode half the one before"], scores["half of the modes"]
    assert uneven["kl"] == pytest.approx(half["kl"], abs=0.1) and half["kl"] > 0.6
    assert uneven["modes_published"] == 8 > uneven["modes_covered"] == 5


def test_coverage_and_quality_are_two_things(scores):
    wide = scores["all modes, too wide"]
    assert wide["modes_covered"] == 8 > wide["modes_strict"] and wide["quality"] < 0.25
    between = scores["nine of ten between the modes"]
    assert between["modes_covered"] == 8 and between["quality"] < 0.5


def test_a_small_kl_is_no_success(scores):
    """Of noise and of one point in the middle every mode is the nearest of as many samples."""
    for name in ("even noise", "one point in the middle"):
        assert scores[name]["kl"] < 0.02 and scores[name]["modes_covered"] == 0
    assert scores["even noise"]["modes_published"] == 8


def test_the_picture_tells_the_scores():
    assert draw(1).data.startswith(b"\x89PNG")

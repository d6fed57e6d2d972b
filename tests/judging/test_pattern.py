"""Which kind a pattern of measures is, by cases."""

import pytest

from mcgan.judging.measures import Measured
from mcgan.judging.pattern import find_kind, read_signs

USUAL = {"precision": 0.9, "spread": 1.0, "kept": 1.0, "coverage": 0.97, "copies": 0.05}


def kind(missing: float = 0.0, **values: float) -> str:
    """Of measures as those of two real samples, but for these."""
    measures = {
        name: Measured(values.get(name, usual), usual, 0.01, seen=name in values)
        for name, usual in USUAL.items()
    }
    return find_kind(read_signs(measures, missing))


@pytest.mark.parametrize(
    ("due", "missing", "values"),
    [
        ("different", 0, {}),
        ("missing", 0.1, {}),
        ("missing", 0, {"coverage": 0.8}),  # no group is named, but the data are covered less
        (
            "different",
            0,
            {"coverage": 0.8, "spread": 0.85},
        ),  # blur: less covered, for it is narrower
        ("narrowed", 0, {"spread": 0.5, "kept": 0.5}),
        ("narrowed", 0.3, {"spread": 0.5, "kept": 0.5}),
        ("narrowed", 0, {"copies": 0.8}),
        (
            "different",
            0,
            {"spread": 0.65, "kept": 0.75, "precision": 1.0},
        ),  # blur keeps coarse ways
        ("different", 0, {"spread": 0.65, "kept": 1.0, "coverage": 0.7}),  # noise keeps fine ones
        ("poor", 0, {"spread": 0.5, "kept": 0.5, "precision": 0.7}),
        ("poor", 0, {"precision": 0.7}),
        ("poor", 0.4, {"precision": 0.3, "coverage": 0.1}),
        ("poor and missing", 0.4, {"precision": 0.8, "coverage": 0.5}),
        (
            "poor",
            0.2,
            {"precision": 0.8, "coverage": 0.3},
        ),  # off the data, where nothing is missing
    ],
)
def test_a_pattern_has_its_kind(due, missing, values):
    assert kind(missing, **values) == due


def test_what_two_real_samples_show_is_no_sign():
    measures = {name: Measured(0.3, usual, 0.3) for name, usual in USUAL.items()}
    signs = read_signs(measures, 0.001)
    assert signs["precision"] == signs["kept"] == signs["coverage"] == "as real"
    assert signs["groups"] == "all there"


def test_groups_that_are_empty_for_all_is_altered_are_no_collapse():
    measures = {name: Measured(usual, usual, 0.01) for name, usual in USUAL.items()} | {
        "coverage": Measured(0.7, 0.97, 0.01, seen=True)
    }
    kinds = [find_kind(read_signs(measures, 0.0, altered)) for altered in (False, True)]
    assert kinds == ["missing", "different"]

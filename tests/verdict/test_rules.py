"""Constructed histories: what the rules make of each."""

from typing import Any

import pytest
import torch

from mcgan.verdict import rules, shares
from mcgan.verdict.history import SignalHistory

DUE = torch.full((8,), 1 / 8, dtype=torch.float64)
FINE = {"width": 1.0, "neighbours": 1.0, "spread": 1.0, "rank": 1.0, "copies": 0.0, "thin": 0.9,
        "on_data": 0.98, "between": 0.0, "elsewhere": 0.0, "blur": 1.0,
        "unserved": 0.0}  # fmt: skip


def rows(*histograms: list[int], **signals: Any) -> list[dict[str, float]]:
    """A history of evaluations at steps 100, 200, ... with these samples per group."""
    history = SignalHistory()
    for index, counts in enumerate(histograms, 1):
        p = shares.normalise(torch.tensor([counts]))
        values = {key: torch.tensor([float(v)]) for key, v in {**FINE, **signals}.items()}
        history.add(100 * index, p, DUE, torch.zeros(1, 1, 2), values)
    return history.of(0)


def on(*held: int) -> list[int]:
    return [10 * (i in held) for i in range(8)]


ALL, TWO = on(*range(8)), on(0, 1)


def judged(
    *histograms: list[int], last: bool = False, grace: float = 0.0, **signals: Any
) -> rules.State:
    return rules.state(rows(*histograms, **signals), grace, last)


def test_all_groups_at_all_times_is_healthy():
    assert judged(ALL, ALL, ALL) == ("healthy", 300, False)


def test_collapse_takes_patience_and_remembers_its_first_step():
    assert judged(ALL, TWO, TWO).kind == "dropping"
    assert judged(ALL, TWO, TWO, TWO) == ("collapsed", 200, True)
    assert judged(ALL, TWO, TWO, TWO, TWO, TWO) == ("collapsed", 200, True)


def test_at_the_end_one_evaluation_is_all_there_is():
    assert judged(TWO, last=True) == ("collapsed", 100, True)
    assert judged(ALL, last=True).kind == "healthy"


def test_a_young_generator_is_not_judged():
    assert judged(TWO, TWO, TWO, grace=400).kind == "early"
    assert judged(TWO, TWO, TWO, TWO, grace=400).kind == "dropping"  # 100 to 300 do not count
    assert judged(*[TWO] * 6, grace=400) == ("collapsed", 400, True)


def test_groups_lost_one_after_the_other_are_no_rotation():
    assert judged(ALL, on(0, 1, 2, 3, 4), on(0, 1, 2), TWO, last=True).kind == "collapsed"


def test_collapse_that_is_over_is_over():
    assert judged(TWO, TWO, TWO, ALL).kind == "healthy"


def test_some_groups_lost_are_dropped_modes():
    assert judged(ALL, ALL, on(0, 1, 2, 3, 4, 5)) == ("dropping", 300, False)
    assert judged(on(0, 1, 2, 3, 4, 5), ALL).kind == "healthy"


@pytest.mark.parametrize("last", [False, True])
def test_two_groups_that_wander_are_rotation(last):
    wander = [on(2 * i % 8, (2 * i + 1) % 8) for i in range(6)]
    assert judged(*wander, last=last)[::2] == ("rotating", True)


def test_half_of_the_groups_in_turn_is_rotation_without_collapse():
    even, odd = on(0, 2, 4, 6, 7), on(1, 3, 5, 6, 7)
    assert judged(even, odd, even, odd) == ("rotating", 100, False)


@pytest.mark.parametrize("signals", [
    {"width": 0.01}, {"thin": 0.01}, {"copies": 0.9}, {"width": 0.4, "on_data": 1.0},
])  # fmt: skip
def test_points_in_all_groups_are_collapse_inside(signals):
    assert judged(ALL, ALL, ALL, **signals) == ("inside", 100, True)
    assert judged(ALL, ALL, **signals).kind == "healthy"  # patience


def test_narrow_modes_are_no_collapse_while_some_samples_miss_them():
    assert judged(ALL, ALL, ALL, width=0.4, on_data=0.95).kind == "healthy"


def test_off_the_data_is_no_collapse_and_comes_before_dropped_modes():
    most = on(*range(6))
    assert judged(*[most] * 6, on_data=0.5) == ("off", 100, False)
    assert judged(*[most] * 6, on_data=0.75).kind == "dropping"
    assert judged(*[TWO] * 6, on_data=0.0) == ("collapsed", 100, True)
    assert judged(ALL, last=True, on_data=0.0).kind == "off"


def test_groups_of_samples_that_have_left_the_data_mean_nothing():
    gone = {"on_data": 0.0, "elsewhere": 1.0}
    assert judged(*[TWO] * 6, **gone, spread=50.0) == ("off", 100, False)
    assert judged(*[TWO] * 6, **gone, spread=0.3).kind == "collapsed"
    assert judged(*[TWO] * 6, **gone, spread=50.0, rank=0.5).kind == "collapsed"  # a line


def test_one_place_is_collapse_though_it_be_between_groups():
    assert judged(ALL, ALL, ALL, spread=0.01, on_data=0.0) == ("collapsed", 100, True)


@pytest.mark.parametrize("signal, values, kind", [
    ("on_data", (0.1, 0.2, 0.3, 0.4, 0.5, 0.6), "sharpening"),
    ("on_data", (0.6, 0.5, 0.4, 0.3, 0.2, 0.1), "off"),
    ("on_data", (0.3, 0.3, 0.3, 0.3, 0.35, 0.3), "off"),
    ("blur", (9.0, 8.0, 7.0, 6.0, 5.0, 4.0), "sharpening"),
    ("blur", (4.0, 4.2, 3.9, 4.1, 3.9, 4.0), "off"),
])  # fmt: skip
@pytest.mark.parametrize("last", [False, True])
def test_it_still_sharpens_while_the_last_evaluations_are_better(signal, values, kind, last):
    course = [
        {**row, "on_data": 0.0, signal: value}
        for row, value in zip(rows(*[ALL] * 6), values, strict=True)
    ]
    assert rules.state(course, 0.0, last).kind == kind


def test_the_first_evaluations_are_not_yet_off_the_data():
    assert judged(ALL, ALL, on_data=0.1).kind == "sharpening"
    assert judged(ALL, ALL, ALL, on_data=0.1).kind == "off"
    assert judged(*[ALL] * 4, on_data=0.1, grace=300).kind == "sharpening"


def test_every_rule_has_words():
    assert {rule.kind for rule in rules.RULES} <= rules.KINDS.keys()


def test_a_dead_replica_has_diverged_whatever_its_samples_are():
    assert rules.state(rows(ALL), 0.0, False, dead=True).kind == "diverged"
    assert {*rules.KINDS} >= {"diverged", "early", "healthy", "dropping", "rotating", "inside"}


@pytest.mark.parametrize("rename", [[7, 6, 5, 4, 3, 2, 1, 0], [1, 2, 3, 4, 5, 6, 7, 0]])
def test_verdicts_do_not_hang_on_the_names_of_groups(rename):
    wander = [on(i % 8, (i + 1) % 8) for i in range(5)]
    other = [[counts[i] for i in rename] for counts in wander]
    assert judged(*wander) == judged(*other)

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mcgan.metrics.interval import Interval, bounded_interval, interquartile_mean, mean_interval

VALUES = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=20)


def test_by_hand():
    mean, lower, upper = mean_interval([1.0, 2.0, 3.0])
    half = 4.302653 / math.sqrt(3)  # Student's t for two degrees of freedom, sd 1
    assert (mean, lower, upper) == pytest.approx((2, 2 - half, 2 + half))


def test_what_cannot_be_computed_is_none():
    assert mean_interval([]) == mean_interval([None, math.nan]) == Interval(None, None, None)
    assert mean_interval([5.0]) == mean_interval([None, 5.0, math.inf]) == Interval(5.0, None, None)
    assert interquartile_mean([None]) is None


def test_equal_values_have_a_point_for_an_interval():
    assert mean_interval([8.0, 8.0, 8.0]) == Interval(8, 8, 8)


def test_interquartile_mean_by_hand():
    assert interquartile_mean([100, 1, 2, 3, 4, 5, 6, -100]) == pytest.approx(3.5)
    assert interquartile_mean([1, 2, 9]) == 4


@settings(deadline=None)
@given(VALUES, st.randoms())
def test_order_is_irrelevant_and_the_mean_lies_inside(values, random):
    mean, lower, upper = mean_interval(values)
    assert lower - 1e-9 <= mean <= upper + 1e-9
    assert mean_interval(random.sample(values, len(values))) == pytest.approx((mean, lower, upper))


@settings(deadline=None)
@given(VALUES)
def test_interquartile_mean_agrees_with_scipy(values):
    assert interquartile_mean(values) == pytest.approx(stats.trim_mean(values, 0.25), abs=1e-9)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 8), min_size=2, max_size=12))
def test_a_bounded_interval_stays_in_range_and_repeats(values):
    mean, lower, upper = bounded_interval(values)
    assert min(values) <= lower <= mean <= upper <= max(values)
    assert bounded_interval(values[::-1]) == (mean, lower, upper)


def test_where_the_bounds_are_far_it_is_students():
    values = list(np.random.default_rng(0).normal(50, 1, 40))
    student, boot = mean_interval(values), bounded_interval(values)
    assert boot[1:] == pytest.approx(student[1:], abs=0.05)


def test_a_bounded_interval_covers_about_as_often_as_it_says():
    """Ten seeds, each with 8 modes or, one time in five, 6: plain percentiles cover less."""
    random = np.random.default_rng(1)
    draws = 8 - 2.0 * (random.random((400, 10)) < 0.2)
    ends = [bounded_interval(list(draw)) for draw in draws]
    covered = np.mean([low <= 7.6 <= high for _, low, high in ends])
    assert covered > 0.86  # a tenth of the draws have no 6 at all, and no width


def test_few_values_have_their_extremes_for_an_interval():
    assert bounded_interval([8, 7]) == (7.5, 7, 8)
    assert bounded_interval([8]) == bounded_interval([8, None]) == (8, None, None)

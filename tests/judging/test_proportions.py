import numpy as np
import pytest
from scipy import stats

from mcgan.judging.proportions import chi_square, tail_of_shares, wilson


def test_the_interval_is_wilsons():
    due = stats.binomtest(7, 90).proportion_ci(method="wilson")
    assert wilson(7, 90) == pytest.approx((due.low, due.high))
    assert wilson(0, 10)[0] == 0 and wilson(10, 10)[1] == 1


def test_chi_square_is_that_of_a_table():
    ours, theirs = np.array([30, 12, 40]), np.array([35, 50, 45])
    due = stats.chi2_contingency([ours, theirs], correction=False)
    assert chi_square(ours, theirs) == pytest.approx((due.statistic, due.dof, due.pvalue))


def test_small_groups_are_counted_as_one_and_empty_ones_not():
    ours, theirs = np.array([30, 12, 0, 1, 2]), np.array([35, 50, 0, 2, 6])
    assert chi_square(ours, theirs) == chi_square(np.array([30, 12, 3]), np.array([35, 50, 8]))
    assert chi_square(np.array([5]), np.array([9])) == (0, 0, 1)


def test_few_fakes_of_a_group_are_a_tail_of_the_binomial():
    p = tail_of_shares(np.array([3]), np.array([40]), 100, 200)
    assert p == pytest.approx(stats.binom.cdf(3, 43, 1 / 3))

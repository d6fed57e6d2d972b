"""The parallel lines of Arjovsky et al. 2017, example 1: JSD = log 2 however far, W1 = distance."""

import math

import numpy as np
import pytest

from mcgan.explain.divergence import APART, js, measure_js, measure_w1, w1

APARTS = np.array(APART)
DISJOINT = np.abs(APARTS) >= 0.25


@pytest.mark.parametrize("theta", [-1.0, 0.01, 3.0])
def test_exact_values(theta):
    assert js(theta) == pytest.approx(math.log(2))
    assert w1(theta) == pytest.approx(abs(theta))


def test_exact_values_of_equal_lines():
    assert (js(0.0), w1(0.0)) == (0, 0)


@pytest.mark.slow
def test_minimax_measures_the_same_at_any_distance():
    measured = measure_js(0, turns=300)
    assert np.abs(measured[DISJOINT] - math.log(2)).max() < 0.02
    assert abs(measured[APARTS == 0].item()) < 0.02


@pytest.mark.slow
def test_wasserstein_measures_the_distance():
    measured = measure_w1(0, turns=300)
    assert np.abs(measured - np.abs(APARTS)).max() < 0.15

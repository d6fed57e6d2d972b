"""The better D is, the less a saturating loss tells G (Arjovsky & Bottou 2017, theorem 2.4)."""

import numpy as np
import pytest

from mcgan.explain import vanishing

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def falls():
    """Per objective: the gradient at the end over that after 20 turns, median of the seeds."""

    def fall(name: str) -> float:
        norms = np.median(vanishing.curve(name, 0, turns=200).norms, axis=1)
        return norms[-1] / norms[2]

    return {name: fall(name) for name in vanishing.NAMES}


def test_the_saturating_gradient_vanishes(falls):
    assert falls["minimax"] < 0.1


def test_the_non_saturating_gradient_does_not(falls):
    assert falls["non_saturating"] > 1


def test_the_gradient_of_wasserstein_stays(falls):
    assert 0.5 < falls["wgan_gp"] < 2

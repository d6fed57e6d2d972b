"""The Dirac-GAN has a closed form near its centre (Mescheder et al. 2018, lemmas 2.3 and 3.2)."""

import math

import numpy as np
import pytest

from mcgan.explain import dirac
from mcgan.explain.dirac import CASES, RATE, path

NAMED = {case.name: case for case in CASES}


@pytest.fixture
def near(monkeypatch):
    """Starts near the centre, where the losses are as good as linear, and takes fewer steps."""
    monkeypatch.setattr(dirac, "START", (1e-3, 1e-3))
    monkeypatch.setattr(dirac, "STEPS", 100)


def shrinking(walk: np.ndarray) -> float:
    """The mean factor of a step on the distance, from the area that successive places span."""
    spanned = np.abs(walk[:-1, 0] * walk[1:, 1] - walk[:-1, 1] * walk[1:, 0])
    return float((spanned[-1] / spanned[0]) ** (1 / (2 * (len(spanned) - 1))))


@pytest.mark.parametrize("name", ["minimax", "non-saturating", "hinge", "least squares"])
def test_a_plain_objective_keeps_its_distance(near, name):
    assert shrinking(path(NAMED[name], 0)) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "gamma"),
    [
        ("minimax + R1, γ = 0.3", 0.3),
        ("pairing + R1 + R2, γ = 0.15", 0.3),
    ],
)
def test_penalties_arrive_at_the_rate_of_the_theory(near, name, gamma):
    """In turn: psi <- (1 - h gamma) psi - h theta / 2, theta <- theta + h psi / 2, whose
    determinant is 1 - h gamma."""
    assert shrinking(path(NAMED[name], 0)) == pytest.approx(math.sqrt(1 - RATE * gamma), abs=1e-4)


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("minimax + consensus, γ = 1", 0.9),
        ("minimax + optimistic", 0.99),
        ("minimax + extragradient", 0.99),
    ],
)
def test_dynamics_that_look_ahead_or_shrink_the_field_spiral_in(near, name, least):
    assert 0.5 < shrinking(path(NAMED[name], 0)) < 1 - (1 - least) / 2


def test_optimistic_steps_are_those_of_a_past_extragradient(near):
    """Without momentum they are the same (Gidel et al. 2019, section 3)."""
    one, other = (path(NAMED[f"minimax + {name}"], 0) for name in ("optimistic", "extragradient"))
    assert np.abs(one - other)[20:].max() < 0.05 * np.abs(one[0]).max()


def test_only_penalties_arrive(monkeypatch):
    monkeypatch.setattr(dirac, "STEPS", 200)
    kept = ("minimax", "minimax + R1, γ = 0.3")
    plain, cured = (np.abs(path(NAMED[name], 0)[-50:, 0]).max() for name in kept)
    assert plain > 1 and cured < 0.02

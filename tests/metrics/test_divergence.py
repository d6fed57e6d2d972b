import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import tensor

from mcgan.metrics.divergence import (
    effective_modes,
    missing_mass,
    remove_bias,
    reverse_kl,
    total_variation,
)

COUNTS = st.lists(st.integers(0, 1000), min_size=1, max_size=30).filter(any)


def equal(num_modes):
    return torch.full((num_modes,), 1 / num_modes, dtype=torch.float64)


def test_by_hand():
    counts, weights = tensor([3, 1, 0]), tensor([0.5, 0.25, 0.25], dtype=torch.float64)
    assert reverse_kl(counts, weights).item() == pytest.approx(0.75 * math.log(1.5))
    assert total_variation(counts, weights).item() == pytest.approx(0.25)
    assert missing_mass(counts, weights).item() == 0.25
    entropy = -0.75 * math.log(0.75) - 0.25 * math.log(0.25)
    assert effective_modes(counts).item() == pytest.approx(math.exp(entropy))


@pytest.mark.parametrize("num_modes, kl", [(8, 2.079), (25, 3.219), (1000, 6.908)])
def test_one_mode_generator(num_modes, kl):
    counts, weights = tensor([2500] + [0] * (num_modes - 1)), equal(num_modes)
    assert reverse_kl(counts, weights).item() == pytest.approx(kl, abs=5e-4)
    assert effective_modes(counts).item() == 1
    assert missing_mass(counts, weights).item() == pytest.approx(1 - 1 / num_modes)
    assert total_variation(counts, weights).item() == pytest.approx(1 - 1 / num_modes)


@pytest.mark.parametrize(
    "num_modes, n, mean, sd",
    [
        (8, 2_500, 0.00136, 0.00070),
        (8, 10_000, 0.00036, 0.00018),
        (25, 2_500, 0.0048, 0.0014),
        (25, 10_000, 0.00121, 0.00036),
        (1000, 26_000, 0.0193, 0.0008),
        (1000, 2_500, 0.2225, 0.0101),
    ],
)
def test_floor_of_a_perfect_sampler(num_modes, n, mean, sd):
    weights = equal(num_modes)
    draws = np.random.default_rng(0).multinomial(n, weights.numpy(), size=200)
    kl = reverse_kl(torch.from_numpy(draws), weights)
    error = 4 * sd / math.sqrt(200)
    assert kl.mean().item() == pytest.approx(mean, abs=error + 5e-5)
    assert kl.std().item() == pytest.approx(sd, rel=0.25)


def test_debiasing_takes_the_floor_off():
    weights = equal(25)
    draws = torch.from_numpy(np.random.default_rng(0).multinomial(2_500, weights.numpy(), size=400))
    unbiased = remove_bias(reverse_kl(draws, weights), draws)
    assert unbiased.mean().item() == pytest.approx(0, abs=3e-4)


def test_digits_that_are_not_balanced_cost_0_0043_nats():
    train = tensor([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
    one = reverse_kl(train, equal(10)).item()
    share = train.double() / train.sum()
    triples = torch.einsum("a,b,c->abc", share, share, share).flatten()
    assert one == pytest.approx(0.001426, abs=1e-6)
    assert reverse_kl(triples, equal(1000)).item() == pytest.approx(3 * one)


def test_no_samples_is_no_number():
    empty = torch.zeros(4, dtype=torch.int64)
    assert reverse_kl(empty, equal(4)).isnan() and effective_modes(empty).isnan()
    assert missing_mass(empty, equal(4)).item() == 1


@settings(deadline=None)
@given(COUNTS, st.randoms())
def test_bounds_and_order(counts, random):
    k, c = len(counts), tensor(counts)
    weights, shuffled = equal(k), tensor(random.sample(counts, k))
    for measure, low, high in (
        (lambda c: reverse_kl(c, weights), 0, math.log(k)),
        (effective_modes, 1, k),
        (lambda c: missing_mass(c, weights), 0, 1 - 1 / k),
        (lambda c: total_variation(c, weights), 0, 1 - 1 / k),
    ):
        value = measure(c).item()
        assert low - 1e-9 <= value <= high + 1e-9
        assert measure(shuffled).item() == pytest.approx(value, abs=1e-12)


@settings(deadline=None)
@given(COUNTS)
def test_pinsker(counts):
    kl = reverse_kl(tensor(counts), equal(len(counts))).item()
    assert 2 * total_variation(tensor(counts), equal(len(counts))).item() ** 2 <= kl + 1e-12

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import tensor

from mcgan.metrics.counts import histogram, modes_covered, modes_published, modes_strict

COUNTS = st.lists(st.integers(0, 1000), min_size=1, max_size=30).filter(any)


def equal(num_modes):
    return torch.full((num_modes,), 1 / num_modes, dtype=torch.float64)


def test_histogram_keeps_empty_modes():
    assert histogram(tensor([2, 0, 2]), 4).tolist() == [1, 0, 2, 0]


def test_one_sample_covers_a_mode_as_published_but_not_strictly():
    counts = tensor([9999, 1])
    assert modes_published(counts) == 2 and modes_strict(counts, equal(2), 10_000) == 1


@pytest.mark.parametrize("num_modes, n", [(8, 10_000), (25, 2_500), (7, 49_000), (1000, 26_000)])
def test_strict_bound_is_a_fifth_of_the_due(num_modes, n):
    bound = round(0.2 * n / num_modes)
    if abs(0.2 * n / num_modes - bound) < 1e-6:
        assert modes_strict(torch.full((num_modes,), bound), equal(num_modes), n) == num_modes
    below = torch.full((num_modes,), int(0.2 * n / num_modes - 1e-6))
    assert modes_strict(below, equal(num_modes), n) == 0


def test_strict_due_follows_the_weights():
    weights = tensor([0.9, 0.1], dtype=torch.float64)
    assert modes_strict(tensor([50, 50]), weights, 1000) == 1  # 50 of 180 and of 20


def test_a_mode_without_a_sample_is_never_covered():
    assert modes_strict(tensor([0, 3]), equal(2), 0) == 1


def test_simulations_are_counted_row_by_row():
    counts = tensor([[5, 5], [10, 0]])
    assert modes_published(counts).tolist() == [2, 1]
    assert modes_strict(counts, equal(2), 10).tolist() == [2, 1]


@settings(deadline=None)
@given(COUNTS, st.randoms())
def test_order_of_modes_is_irrelevant_and_strict_is_stricter(counts, random):
    shuffled = random.sample(counts, len(counts))
    for count in (modes_published, lambda c: modes_strict(c, equal(len(c)), sum(counts))):
        assert count(tensor(counts)) == count(tensor(shuffled))
    strict = modes_strict(tensor(counts), equal(len(counts)), sum(counts))
    assert 1 <= strict <= modes_published(tensor(counts))


@settings(deadline=None)
@given(COUNTS, st.integers(0, 10_000), st.floats(0.0, 0.2))
def test_covered_modes_lie_between_strict_and_published_ones(good, others, chance):
    counts, weights, n = tensor(good), equal(len(good)), sum(good) + others
    covered = modes_covered(counts, weights, n, chance)
    assert modes_strict(counts, weights, n, chance) <= covered <= modes_published(counts)


@settings(deadline=None)
@given(COUNTS, st.integers(0, 10_000))
def test_covered_modes_do_not_depend_on_quality(good, others):
    counts, weights = tensor(good), equal(len(good))
    covered = modes_covered(counts, weights, sum(good) + others)
    assert covered == modes_covered(counts, weights, sum(good))


def test_good_samples_must_be_more_than_noise_has():
    """Of 10,000 with a chance of 1 %: 100 and three standard deviations of 10."""
    for total, covered in ((128, 0), (132, 4)):
        good = torch.full((4,), total // 4)
        assert modes_covered(good, equal(4), 10_000, 0.01) == covered
    few, weights = tensor([0, 0, 0, 128]), tensor([0.98, 0.005, 0.005, 0.01])
    assert modes_strict(few, weights, 10_000) == 1
    assert modes_strict(few, weights, 10_000, 0.01) == 0  # else strict modes of covered none
    assert modes_covered(torch.zeros(4), equal(4), 10_000) == 0


def test_a_fifth_of_the_due_among_good_samples():
    weights = tensor([0.5, 0.25, 0.25], dtype=torch.float64)
    assert modes_covered(tensor([90, 5, 5]), weights, 1000) == 3
    assert modes_covered(tensor([91, 5, 4]), weights, 1000) == 2

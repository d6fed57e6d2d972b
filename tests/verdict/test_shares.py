import math

import pytest
import torch

from mcgan.verdict import shares

EVEN = torch.full((8,), 1 / 8, dtype=torch.float64)


def some(*counts: int) -> torch.Tensor:
    return shares.normalise(torch.tensor(counts))


def test_even_shares_of_k_groups_are_k_effective_groups():
    assert shares.effective(some(5, 5, 5, 0)).item() == pytest.approx(3)
    assert shares.effective(some(7, 0)).item() == pytest.approx(1)


def test_diversity_is_one_for_the_data_and_a_share_for_a_part_of_them():
    assert shares.diversity(EVEN, EVEN).item() == pytest.approx(1)
    assert shares.diversity(some(1, 1, 0, 0, 0, 0, 0, 0), EVEN).item() == pytest.approx(0.25)
    uneven = torch.tensor([0.7, 0.2, 0.1], dtype=torch.float64)
    assert shares.diversity(uneven, uneven).item() == pytest.approx(1)


def test_a_group_is_held_from_a_fifth_of_its_due():
    q = torch.tensor([0.5, 0.5], dtype=torch.float64)
    high = torch.tensor([0.9, 0.1], dtype=torch.float64)
    assert shares.find_held(high, q).tolist() == [True, True]
    low = torch.tensor([0.91, 0.09], dtype=torch.float64)
    assert shares.find_held(low, q).tolist() == [True, False]
    assert shares.missing(low, q).item() == 0.5


def test_nothing_counted_is_no_evidence_of_collapse():
    p = shares.normalise(torch.zeros(2, 4, dtype=torch.int64))
    assert shares.effective(p).tolist() == pytest.approx([4, 4])


def test_churn_of_those_that_stay_and_of_those_that_all_move():
    assert shares.total_variation(some(1, 1, 0), some(2, 2, 0)).item() == 0
    assert shares.total_variation(some(1, 0, 0), some(0, 1, 0)).item() == 1


def test_the_names_of_groups_do_not_matter():
    p, order = torch.softmax(torch.arange(8.0).double(), 0), torch.randperm(8)
    q = torch.softmax(-torch.arange(8.0).double() / 3, 0)
    for signal in (shares.diversity, shares.missing, shares.total_variation):
        assert math.isclose(signal(p, q), signal(p[order], q[order]), rel_tol=1e-12)

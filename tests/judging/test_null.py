import pytest
import torch
from scipy import stats

from mcgan.judging.inputs import read_sets
from mcgan.judging.null import draw_splits, exchanges, size_of_split, upper_tail


def test_the_tail_is_that_of_a_normal_and_of_a_gamma_law():
    generator = torch.Generator().manual_seed(0)
    normal = torch.randn(100_000, generator=generator).double()
    assert upper_tail(3.0, normal) == pytest.approx(stats.norm.sf(3), rel=0.1)
    gamma = sum(torch.randn(100_000, generator=generator).double().square() for _ in range(4))
    assert upper_tail(18.0, gamma) == pytest.approx(stats.chi2.sf(18, 4), rel=0.2)
    assert upper_tail(-50.0, gamma) == 1


def test_the_first_exchange_is_the_truth_and_all_are_orders():
    orders = exchanges(3, 4, torch.Generator().manual_seed(0))
    assert torch.equal(orders[0], torch.arange(7))
    assert torch.equal(orders.sort(1).values, torch.arange(7).expand_as(orders))
    assert len(orders[1:].unique(dim=0)) > 50


@pytest.mark.parametrize("held", [False, True])
def test_a_split_has_three_sets_of_one_size_without_a_row_in_two(held):
    rows = torch.arange(400.0).reshape(-1, 1)
    sets = read_sets(rows[:90], rows[100:201], rows[300:360] if held else None, None, 0)
    assert size_of_split(sets) == (60 if held else 50)
    for split in draw_splits(sets, 2, torch.Generator().manual_seed(0)):
        used = torch.cat(split).flatten().tolist()
        assert len({*used}) == len(used) == 3 * size_of_split(sets)
        assert split.other.min() >= (300 if held else 100)

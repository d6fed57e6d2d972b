import pytest
import torch
from torch import Generator

from mcgan.dataset.grid import Grid
from mcgan.dataset.grouping import every, find_groups, group_names
from mcgan.errors import UserError


def test_the_modes_of_a_grid_are_found_one_by_one():
    grid = Grid()
    x = grid.draw(5000, Generator().manual_seed(0))
    mode, group = grid.recognise(x).mode, find_groups(x.double(), 25)
    pairs = torch.stack([mode, group], 1).unique(dim=0)
    assert len(pairs) == 25 and torch.equal(group, find_groups(x.double(), 25))


def test_groups_are_numbered_by_size():
    x = torch.cat([torch.zeros(5, 2), torch.ones(30, 2), 3 * torch.ones(10, 2)]).double()
    noise = 0.01 * torch.randn(45, 2, generator=Generator().manual_seed(0))
    group = find_groups(x + noise, 3)
    assert group.bincount().tolist() == [30, 10, 5] and group[0] == 2 and group[5] == 0


def test_one_group_is_all():
    x = torch.arange(30.0).double()[:, None]
    assert find_groups(x, 1).tolist() == [0] * 30


@pytest.mark.parametrize("number", [4, 50])
def test_more_groups_than_examples_differ_are_refused(number):
    x = torch.arange(3.0).double()[:, None].repeat(20, 1)
    with pytest.raises(UserError, match=f"dataset.groups={number}.*3 different examples"):
        find_groups(x, number)


def test_rows_spread_over_all():
    assert every(3, 10).tolist() == [0, 1, 2] and every(101, 3).tolist() == [0, 50, 100]
    assert group_names(2) == ["group 1", "group 2"]

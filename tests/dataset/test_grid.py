import math

import pytest
import torch

from mcgan.dataset.grid import Grid


def test_centres_are_those_of_the_papers():
    grid = Grid()
    want = {(float(a), float(b)) for a in range(-4, 5, 2) for b in range(-4, 5, 2)}
    assert {tuple(c) for c in (grid.law.centres * grid.scale).round(decimals=9).tolist()} == want


def test_scale_is_the_rms_coordinate_std():
    assert Grid().scale == pytest.approx(math.sqrt(8 + 0.05**2))


def test_a_tie_goes_to_the_lowest_mode():
    seen = Grid(side=2).recognise(torch.zeros(1, 2))
    assert seen.mode.item() == 0 and not seen.good.item()


@pytest.mark.parametrize("setting", [{"side": 0}, {"spacing": 0.0}, {"std": 0.0}])
def test_refuses(setting):
    with pytest.raises(ValueError, match=f"{next(iter(setting))} must be"):
        Grid(**setting)

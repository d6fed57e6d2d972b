import math

import pytest
import torch

from mcgan.dataset.regions import SHARE, Ball, Box, radius_of, share_within


@pytest.mark.parametrize("t, percent", [(1, 39.35), (2, 86.47), (3, 98.89), (4, 99.97)])
def test_share_of_a_disc(t, percent):
    assert 100 * Ball(t, 2).share() == pytest.approx(percent, abs=0.005)
    assert Ball(t, 2).share() == pytest.approx(1 - math.exp(-(t**2) / 2))


def test_share_of_a_box():
    assert 100 * Box(3, 2).share() == pytest.approx(99.46, abs=0.005)
    assert Box(3, 2).share() == pytest.approx(math.erf(3 / math.sqrt(2)) ** 2)


@pytest.mark.parametrize("dim", [1, 2, 10, 1200])
def test_radius_is_the_quantile(dim):
    assert share_within(radius_of(SHARE, dim), dim) == pytest.approx(SHARE)


def test_three_sigma_in_the_plane():
    assert radius_of(SHARE, 2) == pytest.approx(3)


def test_the_corner_is_in_the_box_and_out_of_the_disc():
    offset = torch.tensor([[2.9, -2.9], [0.0, 3.0], [3.1, 0.0]], dtype=torch.float64)
    assert Box(3, 2).holds(offset).tolist() == [True, True, False]
    assert Ball(3, 2).holds(offset).tolist() == [False, True, False]

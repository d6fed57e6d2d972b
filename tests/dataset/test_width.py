import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Generator, tensor

from mcgan.dataset.width import WIDEST, invert_truncation, pool_variance, variance_within


def test_pooled_variance_by_hand():
    offset = tensor([[0.0], [2.0], [5.0], [5.0], [8.0]], dtype=torch.float64)
    mode = tensor([0, 0, 2, 2, 2])
    assert pool_variance(offset, mode, 4) == pytest.approx((2 + 6) / (1 + 2))


def test_two_samples_in_a_mode_are_needed():
    offset = torch.zeros(2, 2, dtype=torch.float64)
    assert pool_variance(offset, tensor([0, 1]), 3) is None
    assert pool_variance(offset[:0], tensor([], dtype=torch.int64), 3) is None


@pytest.mark.parametrize("dim, radius", [(1, 1.0), (2, 3.0), (5, 3.0)])
def test_variance_within_a_ball(dim, radius):
    z = torch.randn(400_000, dim, generator=Generator().manual_seed(0))
    inside = z[z.norm(dim=1) <= radius]
    assert variance_within(1.0, radius, dim) == pytest.approx(inside.var(0).mean().item(), rel=0.01)


def test_limits_of_the_truncation():
    assert variance_within(1e-9, 3.0, 2) == pytest.approx(1e-18)  # nothing is cut off
    assert variance_within(1e3, 3.0, 2) == pytest.approx(9 / 4, rel=1e-4)  # an even disc


@settings(deadline=None)
@given(st.floats(1e-3, 3), st.sampled_from([(1, 3.0), (2, 3.0), (50, 8.7), (1200, 36.9)]))
def test_truncation_is_undone(std, ball):
    dim, radius = ball
    assert invert_truncation(variance_within(std, radius, dim), radius, dim) == pytest.approx(std)


def test_ends_of_the_scale():
    assert invert_truncation(0.0, 3.0, 2) == 0
    assert invert_truncation(2.3, 3.0, 2) == pytest.approx(WIDEST)

import numpy as np
import pytest
import torch

from mcgan.judging import distances
from mcgan.judging.distances import (
    compare_mmd,
    compare_sliced,
    frechet,
    kernel,
    mmd,
    renyi,
    scale,
    sliced,
    slices_apart,
    vendi,
)


def points(n: int, seed: int, dim: int = 4) -> torch.Tensor:
    return torch.randn(n, dim, generator=torch.Generator().manual_seed(seed)).double()


def test_frechet_of_a_shift_and_of_a_scale_is_the_closed_form():
    x, shift = points(200, 0), torch.tensor([1.0, -2, 0, 0.5]).double()
    assert frechet(x + shift, x) == pytest.approx(5.25)
    assert frechet(3 * x, 3 * x) == pytest.approx(0, abs=1e-9)
    mean, variance = x.mean(0), x.var(0).sum().item()
    assert frechet(mean + 3 * (x - mean), x) == pytest.approx(4 * variance)


def test_one_dimension_is_a_space_too():
    x = points(50, 0, dim=1)
    assert frechet(x + 2, x) == pytest.approx(4)


@pytest.mark.parametrize("chunk", [7, 1024])
def test_mmd_is_the_unbiased_estimate_of_its_paper(chunk, monkeypatch):
    monkeypatch.setattr(distances, "CHUNK", chunk)
    x, y, width = points(30, 0), points(20, 1) + 0.5, 2.0
    inner, other, mixed = kernel(x, x, width), kernel(y, y, width), kernel(x, y, width)
    due = (inner.sum() - 30) / (30 * 29) + (other.sum() - 20) / (20 * 19) - 2 * mixed.mean()
    tested = compare_mmd(x, y, width, torch.Generator().manual_seed(0))
    assert tested.value == pytest.approx(due.item(), abs=1e-6)
    assert mmd(x, y, width) == pytest.approx(due.item())
    assert abs(tested.null.mean()) < 0.02 < tested.value


def test_slices_of_a_shift_are_its_projections():
    places = np.array([[3.0, 1, 2, 5, 6, 4], [0, 0, 0, 1, 1, 1]])
    assert slices_apart(places, 3) == pytest.approx(np.sqrt((9 + 1) / 2))


def test_sliced_distance_of_a_shift_is_its_length_over_the_root_of_the_dimensions():
    x = points(200, 0)
    tested = compare_sliced(x + 3, x, torch.Generator().manual_seed(0))
    assert tested.value == pytest.approx(3, rel=0.1)  # 3 sqrt(4) / sqrt(4)
    assert sliced(x + 3, x, torch.Generator().manual_seed(0)) == tested.value
    assert tested.null.max() < 1


def test_effective_numbers_count_points_far_apart():
    x = 100 * torch.eye(5).double().repeat(4, 1)
    assert renyi(x, 1.0) == pytest.approx(5)
    assert vendi(x, 1.0) == pytest.approx(5)


def test_the_scale_is_a_median_and_never_zero():
    assert scale(torch.tensor([[0.0], [1.0], [3.0]])) == 2
    assert scale(torch.zeros(5, 2)) == 1
    assert scale(torch.tensor([[0.0]] * 9 + [[5.0]])) == 1


def test_samples_that_have_left_for_far_away_overflow_nothing():
    far = 1e30 * torch.randn(50, 2, generator=torch.Generator().manual_seed(0)).double()
    near = torch.randn(50, 2, generator=torch.Generator().manual_seed(1)).double()
    found = compare_sliced(far, near, torch.Generator().manual_seed(0))
    assert 1e29 < found.value < 1e31 and found.null.isfinite().all()

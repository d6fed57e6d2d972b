import pytest
import torch
from torch import Generator

from mcgan.dataset.ring import Ring
from mcgan.metrics.two_sample import MOST, distance_to_law, energy_distance


def seeded(seed=0):
    return Generator().manual_seed(seed)


def by_pairs(a, b):
    """2 E|X - Y| - E|X - X'| - E|Y - Y'| over all pairs."""
    return (2 * torch.cdist(a, b).mean() - torch.cdist(a, a).mean()
            - torch.cdist(b, b).mean()).item()  # fmt: skip


def test_in_one_dimension_it_is_the_distance_over_all_pairs():
    a, b = torch.randn(50, 1, generator=seeded()), 1 + torch.rand(70, 1, generator=seeded(1))
    assert energy_distance(a, b) == pytest.approx(by_pairs(a, b), rel=1e-4)


@pytest.mark.parametrize("dim", [2, 4, 16])
def test_in_more_dimensions_directions_stand_for_all(dim):
    a = torch.randn(300, dim, generator=seeded())
    b = 0.5 + 2 * torch.randn(300, dim, generator=seeded(1))
    assert energy_distance(a, b) == pytest.approx(by_pairs(a, b), rel=0.1)


def test_a_sample_has_no_distance_from_itself():
    a = torch.randn(20, 3, generator=seeded())
    assert energy_distance(a, a) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("scale", [1.0, 0.05])
def test_it_sees_inside_modes_however_small_they_are(scale):
    """In plain coordinates modes half as wide are nothing beside chance."""
    data = Ring(std=0.2 * scale)
    x = data.draw(5000, seeded(3))
    seen = data.recognise(x)
    centres = data.law.centres[seen.mode].float()
    narrow = centres + 0.5 * (x - centres)
    assert distance_to_law(narrow, seen, data) > 20 * distance_to_law(x, seen, data)


def test_a_training_set_is_not_the_law():
    """Copies of ten examples are far from the law, though `draw` knows no others."""
    data = Ring(fixed_size=10)
    x = data.draw(2000, seeded())
    assert distance_to_law(x, data.recognise(x), data) > 0.1


def test_sorted_samples_are_subsampled_evenly():
    data = Ring()
    x = data.draw(4 * MOST, seeded(3))
    x = x[data.recognise(x).mode.argsort()]
    assert distance_to_law(x, data.recognise(x), data) < 0.003

import pytest
import torch
from torch import Generator

from mcgan.dataset.grid import Grid
from mcgan.dataset.mixture import Mixture
from mcgan.dataset.ring import Ring
from mcgan.dataset.spread import least_axis, least_of_pictures, spread_of_pictures

DATA = [Ring(), Grid(), Mixture(components=100, spread=10.0), Mixture(dim=3), Mixture(dim=8)]


def seeded(seed=0):
    return Generator().manual_seed(seed)


def spread(x, data):
    return data.least_spread(x, data.recognise(x))


def parts(data, n=10_000):
    """Centres, offsets and modes of real data."""
    x = data.draw(n, seeded())
    mode = data.recognise(x).mode
    centres = data.law.centres[mode].float()
    return centres, x - centres, mode


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("n", [2500, 10_000, 40_000])
def test_a_perfect_sampler_has_about_one(data, n):
    """Uncorrected, the least of 100 modes with 25 samples each has 0.5."""
    found = [spread(data.draw(n, seeded(seed)), data) for seed in range(5)]
    assert sum(found) / 5 == pytest.approx(1, abs=0.06)


@pytest.mark.parametrize("data", DATA)
def test_what_a_pooled_width_hides(data):
    centres, offset, mode = parts(data)
    line = offset.clone()
    line[:, 1:] = 0
    assert spread(centres + line, data) == pytest.approx(0, abs=1e-6)
    wide = torch.where((mode % 2 == 0)[:, None], 0 * offset, 1.4 * offset)
    assert spread(centres + wide, data) == pytest.approx(0, abs=1e-6)
    memorised = data.law.stds[0].float() / 2
    assert spread(centres + memorised, data) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("data", [Ring(), Grid(), Mixture(dim=3), Mixture(dim=8)])
def test_one_narrow_mode_is_found(data):
    centres, offset, mode = parts(data)
    offset[mode == 2] *= 0.5
    assert spread(centres + offset, data) == pytest.approx(0.5, abs=0.06)
    assert data.width_ratio(centres + offset, data.recognise(centres + offset)) > 0.9


def test_a_mode_with_few_samples_neither_counts_nor_hides():
    """Seven samples on a point are too few to tell; ten even ones excuse no narrow mode."""
    offset = torch.randn(1000, 2, generator=seeded()).double()
    mode = torch.zeros(1000, dtype=torch.int64)
    offset[:7], mode[:7] = 0, 1
    assert least_axis(offset, mode, 2) == pytest.approx(1, abs=0.1)
    offset, mode = 0.5 * torch.randn(1010, 2, generator=seeded()).double(), mode.new_zeros(1010)
    offset[:10], mode[:10] = 2 * offset[:10], 1
    assert least_axis(offset, mode, 2) == pytest.approx(0.25, abs=0.03)
    assert least_axis(offset[:7], mode[:7], 2) is None


def test_pictures_of_a_class():
    images = torch.randint(0, 256, (400, 1, 4, 4), dtype=torch.uint8, generator=seeded())
    labels = torch.arange(400) % 2
    images[labels == 1] //= 2
    true = spread_of_pictures(images, labels, 2)
    x = images.float() / 127.5 - 1
    assert true[0].item() == pytest.approx(x[labels == 0].var(0).sum().sqrt().item(), rel=0.01)
    assert least_of_pictures(x, labels, true) == pytest.approx(1, abs=0.01)
    x[labels == 1] = x[1].clone()
    assert least_of_pictures(x, labels, true) == 0
    assert least_of_pictures(x[:8], labels[:8], true) is None

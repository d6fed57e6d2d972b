import math

import pytest
import torch
from torch import Generator

from mcgan.dataset.ring import Ring
from mcgan.metrics.counts import histogram, modes_published


def test_eight_distinct_modes_at_even_angles():
    ring = Ring(radius=2.0)
    centres = ring.law.centres * ring.scale
    assert torch.allclose(centres.norm(dim=1), torch.full((8,), 2.0, dtype=torch.float64))
    gaps = torch.cdist(centres, centres).fill_diagonal_(9).amin(1)
    assert torch.allclose(gaps, torch.full((8,), 4 * math.sin(math.pi / 8), dtype=torch.float64))


def test_scale_is_the_rms_coordinate_std():
    assert Ring(radius=1.0, std=0.01).scale == pytest.approx(math.sqrt(0.5 + 0.01**2))


def test_a_unit_leaves_the_data_as_long_as_the_papers_have_them():
    ring, scaled = Ring(radius=2.0, unit=1.0), Ring(radius=2.0)
    assert ring.scale == 1.0
    assert ring.law.centres.norm(dim=1).mean().item() == pytest.approx(2.0)
    assert torch.allclose(ring.sample(50), scaled.sample(50), atol=1e-6)


def test_legacy_ring_has_seven_places_and_one_is_twice_as_heavy():
    legacy = Ring(legacy_seven=True)
    x = legacy.draw(8000, Generator().manual_seed(0)).double()
    places = legacy.law.centres[:-1]  # the eighth lies on the first
    assert torch.dist(legacy.law.centres[0], legacy.law.centres[-1]).item() < 1e-15
    counts = histogram(torch.cdist(x, places).argmin(1), 7)
    assert counts[0].item() == pytest.approx(2000, abs=150)
    assert counts[1:].double().mean().item() == pytest.approx(1000, abs=50)


def test_legacy_ring_counts_as_eight_in_float64_and_seven_in_float32():
    legacy = Ring(legacy_seven=True)
    x = legacy.draw(2500, Generator().manual_seed(0))
    exact = histogram(legacy.recognise(x).mode, 8)
    coarse = histogram(torch.cdist(x, legacy.law.centres.float()).argmin(1), 8)
    assert modes_published(exact) == 8 and modes_published(coarse) == 7
    assert min(exact[0], exact[7]) > 200  # the sign of an offset of 2e-16 splits the double mode


def test_correct_ring_counts_as_eight_in_both():
    ring = Ring()
    x = ring.draw(2500, Generator().manual_seed(0))
    coarse = torch.cdist(x, ring.law.centres.float()).argmin(1)
    for mode in (ring.recognise(x).mode, coarse):
        assert modes_published(histogram(mode, 8)) == 8


@pytest.mark.parametrize("setting", [{"modes": 0}, {"radius": 0.0}, {"std": -1.0}])
def test_refuses(setting):
    with pytest.raises(ValueError, match=f"{next(iter(setting))} must be"):
        Ring(**setting)

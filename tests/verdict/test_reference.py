"""Constructed generators: what the signals say of each."""

import pytest
import torch

from mcgan.dataset.grid import Grid
from mcgan.dataset.mixture import Mixture
from mcgan.engine.draws import stream
from mcgan.verdict import shares
from mcgan.verdict.reference import POINTS, SAMPLES, Real

DATA = Grid()
REAL = Real(DATA.draw(POINTS + SAMPLES, stream(0, "health")))


def fakes(name: str) -> torch.Tensor:
    x = DATA.draw(SAMPLES, stream(1, "fakes"))
    centres = DATA.law.centres[DATA.recognise(x).mode].float()
    return {
        "healthy": x,
        "one point": x[:1].repeat(SAMPLES, 1),
        "one mode": x[DATA.recognise(x).mode == 0].repeat(50, 1)[:SAMPLES],
        "centres": centres + 1e-4 * (x - centres),
        "noise": 3 * torch.randn(SAMPLES, 2, generator=stream(1, "noise")),
        "memorised": x[torch.arange(SAMPLES) % 50],
    }[name]


def look(name: str) -> dict[str, float]:
    counts, signals = REAL.look(fakes(name))
    p = shares.normalise(counts)
    return signals | {"diversity": shares.diversity(p, REAL.groups.shares).item()}


def test_distances_are_those_of_what_is_seen():
    """The plane is seen as if its second coordinate were not there."""
    examples = DATA.draw(POINTS + SAMPLES, stream(0, "health"))
    flat = Real(examples, lambda x: x[:, :1])
    assert flat.groups.points.shape[1] == 1 and flat.radius == REAL.radius
    assert torch.equal(flat.sample, REAL.sample)
    above = fakes("healthy") + torch.tensor([0.0, 10.0])
    assert flat.look(above)[1]["on_data"] > 0.9 and REAL.look(above)[1]["on_data"] == 0


def test_real_data_score_about_one():
    seen = look("healthy")
    for key in ("diversity", "spread", "rank", "neighbours", "width", "blur", "on_data"):
        assert seen[key] == pytest.approx(1, abs=0.35 if key == "neighbours" else 0.15), key
    assert seen["between"] == seen["elsewhere"] == 0
    assert seen["copies"] < 0.05 and seen["thin"] > 0.5


@pytest.mark.parametrize("name, low", [
    ("one point", ("diversity", "spread", "neighbours", "width")),
    ("one mode", ("diversity", "spread")),
    ("centres", ("neighbours", "width")),
    ("memorised", ("neighbours",)),
    ("noise", ("on_data",)),
])  # fmt: skip
def test_each_way_to_fail_shows_in_its_signals(name, low):
    seen = look(name)
    for key in low:
        assert seen[key] < 0.5, key
    high = {
        "centres": ("diversity", "spread"),
        "memorised": ("diversity", "spread", "width"),
        "one mode": ("width",),
    }.get(name, ())
    for key in high:
        assert seen[key] > 0.6, key


def test_noise_is_wide_and_not_collapsed():
    seen = look("noise")
    assert seen["width"] > 3 and seen["diversity"] > 0.5 and seen["blur"] > 3


def test_copies_are_counted():
    for name in ("one point", "memorised", "centres"):
        assert look(name)["copies"] > 0.9, name
    assert look("one mode")["copies"] > 0.9  # few points, drawn again and again


def test_the_order_of_samples_does_not_matter():
    x = fakes("noise")
    order = torch.randperm(SAMPLES, generator=stream(0, "order"))
    (a, one), (b, other) = REAL.look(x), REAL.look(x[order])
    assert torch.equal(a, b)
    assert one == pytest.approx(other)


def test_signals_are_the_same_at_any_scale():
    examples = DATA.draw(POINTS + SAMPLES, stream(0, "health"))
    large = Real(100 * examples)
    (a, one), (b, other) = REAL.look(fakes("noise")), large.look(100 * fakes("noise"))
    assert torch.equal(a, b)
    assert one == pytest.approx(other, rel=1e-4)


def test_samples_that_overflowed_have_signals():
    x = fakes("healthy").clone()
    x[::3] = torch.tensor([float("nan"), float("inf")])
    counts, signals = REAL.look(x)
    assert int(counts.sum()) == SAMPLES and signals["spread"] > 1000


def test_the_radius_is_that_of_the_data():
    assert REAL.radius == pytest.approx(2**0.5, rel=0.05)  # net units: one in each coordinate


def test_pictures_are_points_too():
    data = Mixture(components=5, dim=12, spread=2.0)
    x = data.draw(POINTS + SAMPLES, stream(0, "pictures")).reshape(-1, 3, 2, 2)
    real = Real(x)
    assert real.groups.number == 5
    assert real.look(x[:SAMPLES])[1]["spread"] == pytest.approx(1, abs=0.1)

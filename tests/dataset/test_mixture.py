import pytest
import torch
from torch import Generator

from mcgan.config.build import build
from mcgan.dataset.base import ModalDataset
from mcgan.dataset.mixture import Mixture


def centres(data):
    return data.law.centres * data.scale


def test_drawn_centres_follow_the_seed_and_keep_their_distance():
    one, same, other = Mixture(), Mixture(), Mixture(seed=1)
    assert torch.equal(centres(one), centres(same))
    assert not torch.allclose(centres(one), centres(other))
    assert torch.pdist(centres(one)).min() >= 0.6 and centres(one).abs().max() <= 4


@pytest.mark.parametrize("dim, components", [(1, 3), (3, 20), (100, 50)])
def test_real_data_in_any_dimension_meets_98_89_percent(dim, components):
    data = Mixture(dim=dim, components=components, spread=10.0)
    seen = data.recognise(data.draw(20_000, Generator().manual_seed(0)))
    assert seen.good.double().mean().item() == pytest.approx(0.98889, abs=0.003)


def test_given_centres_weights_and_widths():
    data = Mixture(centres=[[0.0], [10.0]], shares=[7, 3], stds=[1.0, 0.1])
    assert data.shape == (1,) and data.weights.tolist() == pytest.approx([0.7, 0.3])
    x = data.draw(20_000, Generator().manual_seed(0)) * data.scale
    low = x[x < 5]
    assert len(low) == pytest.approx(14_000, abs=300)
    assert low.std().item() == pytest.approx(1, abs=0.03)
    assert x[x > 5].std().item() == pytest.approx(0.1, abs=0.003)


def test_modes_are_told_apart_in_their_own_widths():
    data = Mixture(centres=[[0.0], [10.0]], stds=[4.0, 0.1])
    seen = data.recognise(torch.tensor([[8.0], [9.9]]) / data.scale)
    assert seen.mode.tolist() == [0, 1]  # 8 is 2σ from the wide mode, 20σ from the near one
    assert seen.distance.tolist() == pytest.approx([2, 1], abs=1e-4)


def test_imbalance_is_heaviest_over_lightest():
    weights = Mixture(components=3, imbalance=100.0).weights
    assert (weights / weights[2]).tolist() == pytest.approx([100, 10, 1])


def test_density_integrates_to_one_and_follows_the_formula():
    data = Mixture(components=3, dim=1, std=0.3, imbalance=2.0)
    x = torch.linspace(-6, 6, 4001, dtype=torch.float64)[:, None]
    assert torch.trapezoid(data.density(x), x[:, 0]).item() == pytest.approx(1, abs=1e-6)
    law = data.law
    normal = [torch.distributions.Normal(c, s) for c, s in zip(law.centres, law.stds, strict=True)]
    want = sum(w * n.log_prob(x).exp()[:, 0] for w, n in zip(law.weights, normal, strict=True))
    assert torch.allclose(data.density(x), want)


def test_many_modes_are_recognised_in_pieces(monkeypatch):
    data = Mixture(components=40, dim=3)
    x = data.draw(500, Generator().manual_seed(0))
    whole, density = data.recognise(x), data.density(x)
    monkeypatch.setattr("mcgan.dataset._gaussian.PAIRS", 1000)
    assert torch.equal(data.recognise(x).mode, whole.mode)
    assert torch.allclose(data.density(x), density)


@pytest.mark.parametrize(
    "setting, said",
    [
        ({"components": 0}, "components must be at least 1"),
        ({"dim": 0}, "dim must be at least 1"),
        ({"spread": 0.0}, "spread must be above 0"),
        ({"components": 100, "apart": 2.0}, "raise spread or lower apart"),
        ({"centres": [[0.0], [1.0, 2.0]]}, "points of one dimension"),
        ({"centres": [[float("nan")]]}, "finite"),
        ({"stds": [0.1]}, "stds must have one value per mode, 10, not 1"),
        ({"stds": [0.0] * 10}, "stds must all be above 0"),
        ({"shares": [1.0] * 9}, "shares must have one value per mode"),
        ({"shares": [1.0] * 10, "imbalance": 2.0}, "either shares or imbalance"),
        ({"imbalance": 0.5}, "imbalance must be at least 1"),
    ],
)
def test_refuses(setting, said):
    with pytest.raises(ValueError, match=said):
        Mixture(**setting)


def test_centres_may_be_whole_numbers():
    node = {"_target_": "mcgan.dataset.mixture.Mixture", "centres": [[-1, 0], [1, 0]]}
    assert build(node, ModalDataset, "dataset").num_modes == 2


@pytest.mark.parametrize("wrong", [[], [[]], [1, 2], [[1, 0], [1]], [["a", 0]]])
def test_centres_that_are_no_points_are_refused(wrong):
    with pytest.raises(ValueError, match="centres must be a list of points"):
        Mixture(centres=wrong)

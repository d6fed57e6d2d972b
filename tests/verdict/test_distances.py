import pytest
import torch

from mcgan.engine.draws import stream
from mcgan.verdict import distances

X = torch.randn(200, 3, generator=stream(0, "x"), dtype=torch.float64)
OWN = distances.between(X, X)


def test_distances_are_those_of_the_definition_also_between_near_points():
    near = X + 1e-5
    plain = (X[:, None] - near[None]).square().sum(-1).sqrt()
    torch.testing.assert_close(distances.between(X, near), plain, rtol=1e-3, atol=1e-7)


def test_mean_distance_of_three_points_by_hand():
    x = torch.tensor([[0.0, 0.0], [3.0, 4.0], [0.0, 0.0]], dtype=torch.float64)
    assert distances.mean_distance(distances.between(x, x)).item() == pytest.approx(10 / 3)


def test_nearest_of_copies_is_nothing():
    x = X.repeat(2, 1)
    assert distances.nearest(distances.between(x, x)).item() == pytest.approx(0, abs=1e-6)
    assert distances.nearest(OWN).item() > 0.1


def test_effective_rank_counts_the_directions():
    assert distances.effective_rank(X).item() == pytest.approx(3, abs=0.05)
    line = X[:, :1] @ torch.ones(1, 3, dtype=torch.float64)
    assert distances.effective_rank(line).item() == pytest.approx(1)
    assert distances.effective_rank(torch.ones(9, 3, dtype=torch.float64)).item() == 1
    wide = torch.randn(20, 50, generator=stream(0, "wide"), dtype=torch.float64)
    centred = wide - wide.mean(0)
    whole = torch.linalg.eigvalsh(centred.T @ centred).clamp(min=0)
    entropy = torch.special.entr(whole / whole.sum()).sum()
    assert distances.effective_rank(wide).item() == pytest.approx(entropy.exp().item())


@pytest.mark.parametrize("scale", [1e-2, 1e3])
def test_laws_of_order_and_scale(scale):
    order = torch.randperm(200, generator=stream(0, "order"))
    x = scale * X[order]
    own = distances.between(x, x)
    for signal in (distances.mean_distance, distances.nearest):
        assert signal(own).item() == pytest.approx(scale * signal(OWN).item(), rel=1e-4)
    rank = distances.effective_rank
    assert rank(x).item() == pytest.approx(rank(X).item())


@pytest.mark.parametrize("points, expected", [(1000, 0.22), (100, 0.92), (10**6, 0.0)])
def test_copies_are_the_share_that_memorised_points_give(points, expected):
    drawn = torch.randint(points, (256,), generator=stream(points, "drawn"))
    base = torch.randn(1000, 20, generator=stream(0, "base"), dtype=torch.float64)
    noise = torch.randn(256, 20, generator=stream(1, "noise"), dtype=torch.float64)
    x = noise if points > 1000 else base[drawn]
    usual = distances.nearest(distances.between(base[:256], base[:256]))
    found = distances.copies(distances.between(x, x), usual).item()
    assert found == pytest.approx(expected, abs=0.08)

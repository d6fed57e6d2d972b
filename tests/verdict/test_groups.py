import pytest
import torch

from mcgan.dataset.grid import Grid
from mcgan.dataset.mixture import Mixture
from mcgan.dataset.ring import Ring
from mcgan.engine.draws import stream
from mcgan.verdict import distances, groups

DATA = {
    "ring": Ring(), "grid": Grid(), "wide": Ring(modes=12, std=0.05),
    "uneven": Mixture(components=6, imbalance=5.0, apart=1.5),
    "deep": Mixture(components=20, dim=10, spread=2.0),
}  # fmt: skip


@pytest.mark.parametrize("name", DATA)
def test_groups_of_separate_modes_are_the_modes(name):
    data = DATA[name]
    x = data.draw(1024, stream(0, "x"))
    found = groups.find(x)
    assert found.number == data.num_modes
    mode = data.recognise(x).mode
    pairs = {(int(m), int(g)) for m, g in zip(mode, found.group, strict=True)}
    assert len(pairs) == data.num_modes  # one group for a mode, one mode for a group
    assert found.shares.sum().item() == pytest.approx(1)


def test_one_blob_is_cut_into_cells():
    x = torch.randn(1024, 2, generator=stream(0, "blob"))
    assert groups.find(x).number == groups.CELLS


def test_groups_are_the_same_at_any_scale_and_in_any_order():
    x = Grid().draw(600, stream(0, "x"))
    order = torch.randperm(600, generator=stream(0, "order"))
    plain, scaled, mixed = (groups.find(each) for each in (x, 1000 * x, x[order]))
    assert torch.equal(plain.group, scaled.group)
    same = plain.group[order][:, None] == plain.group[order][None]
    assert torch.equal(same, mixed.group[:, None] == mixed.group[None])


def test_a_sample_is_of_the_group_of_its_nearest_point():
    data = Ring()
    x = data.draw(1024, stream(0, "x"))
    found = groups.find(x)
    again = data.draw(200, stream(0, "again"))
    near = distances.between(again.double(), found.points)
    where = groups.assign_groups(near, found)
    named = {int(m): int(g) for m, g in zip(data.recognise(x).mode, found.group, strict=True)}
    assert where.tolist() == [named[int(m)] for m in data.recognise(again).mode]


@pytest.mark.parametrize("factor", [0.0, 0.1, 1.0, 3.0])
def test_width_is_the_factor_that_samples_are_wider_by(factor):
    data = Mixture(components=4, apart=3.0, std=0.1)
    found = groups.find(data.draw(1024, stream(0, "x")))
    mode = torch.arange(400) % 4
    noise = torch.randn(400, 2, generator=stream(0, "noise")) * 0.1 / data.scale
    x = (data.law.centres[mode] + factor * noise).double()
    where = groups.assign_groups(distances.between(x, found.points), found)
    assert groups.width(x, where, found).item() == pytest.approx(factor, rel=0.1, abs=1e-6)


def shaped(stds: torch.Tensor, n: int = 1024) -> tuple[torch.Tensor, torch.Tensor]:
    """Points (n, d) about four corners, and the group of each: group k has stds[k] (4, d)."""
    group = torch.arange(n) % 4
    corners = 10 * torch.eye(4, stds.shape[1], dtype=torch.float64)
    noise = torch.randn(n, stds.shape[1], generator=stream(n, "noise"), dtype=torch.float64)
    return corners[group] + stds[group] * noise, group


def four(dim: int) -> groups.Groups:
    points, group = shaped(torch.ones(4, dim))
    return groups.Groups(points, group, torch.full((4,), 0.25, dtype=torch.float64))


@pytest.mark.parametrize("n", [40, 256])
@pytest.mark.parametrize("dim", [1, 2, 6, 20])
def test_real_groups_are_as_wide_as_the_data(n, dim):
    x, group = shaped(torch.ones(4, dim), n)
    found = groups.relative_widths(x, group, four(dim))
    assert found.tolist() == pytest.approx([1] * 4, abs=0.35)
    assert groups.thin(x, group, four(dim)).item() > 0.6


def test_the_thinnest_groups_are_told_not_the_mean():
    stds = torch.tensor([[1.4, 1.4], [0.1, 0.1], [1.4, 1.4], [1.4, 0.1]])
    x, group = shaped(stds, 400)
    found = groups.relative_widths(x, group, four(2))
    assert found.tolist() == pytest.approx([1.4, 0.1, 1.4, 0.1], rel=0.2)
    assert groups.thin(x, group, four(2)).item() == pytest.approx(0.1, rel=0.2)
    assert groups.width(x, group, four(2)).item() > 0.8


def test_without_enough_samples_nothing_is_thin():
    x, group = shaped(torch.zeros(4, 2), 12)
    assert groups.thin(x, group, four(2)).item() == 1
    assert groups.thin(x[:0], group[:0], four(2)).item() == 1
    assert groups.thin(*shaped(torch.zeros(4, 2), 16), four(2)).item() == 0


def test_the_narrowest_axis_is_the_least_eigenvalue():
    x, group = shaped(torch.tensor([[3.0, 1.0, 0.2]] * 4), 4000)
    assert groups.narrowest_axis(x, group, 4).tolist() == pytest.approx([0.2] * 4, rel=0.15)

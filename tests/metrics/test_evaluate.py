import json
import math
from dataclasses import dataclass

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Generator

from mcgan.dataset.base import ModalDataset, Recognition
from mcgan.dataset.grid import Grid
from mcgan.dataset.mixture import Mixture
from mcgan.dataset.ring import Ring
from mcgan.metrics.evaluate import evaluate, perfect, reference
from mcgan.metrics.protocol import Protocol

DEFAULT, GOOD, BOX = Protocol(), Protocol(kl_over="good"), Protocol(norm="box", threshold=3.0)
KEYS = {
    "modes_covered", "modes_published", "modes_strict", "quality", "kl", "effective_modes",
    "missing_mass", "spread_least", "width_ratio", "energy",
}  # fmt: skip


def seeded(seed=0):
    return Generator().manual_seed(seed)


def real(data, n=20_000):
    return data.draw(n, seeded())


def scaled(data, factor, n=20_000):
    """Real data with the width of each mode multiplied by `factor`."""
    x = real(data, n)
    centres = data.law.centres[data.recognise(x).mode]
    return centres + factor * (x - centres)


@pytest.mark.parametrize("data", [Ring(), Grid(), Mixture(components=5, imbalance=4.0)])
def test_real_data_scores_what_real_data_must(data):
    scores = evaluate(real(data), data, DEFAULT)
    assert set(scores) == KEYS
    assert scores["modes_published"] == scores["modes_strict"] == data.num_modes
    assert scores["quality"] == pytest.approx(0.9889, abs=0.0021)
    assert scores["kl"] < 2.5 * (data.num_modes - 1) / 40_000
    assert scores["missing_mass"] == 0
    assert scores["width_ratio"] == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("data", [Ring(), Grid()])
def test_one_mode_generator(data):
    scores = evaluate(data.law.centres[:1].repeat(2500, 1), data, DEFAULT)
    k = data.num_modes
    assert scores["modes_published"] == scores["modes_strict"] == scores["quality"] == 1
    assert scores["kl"] == pytest.approx(math.log(k))
    assert scores["effective_modes"] == pytest.approx(1)
    assert scores["missing_mass"] == pytest.approx(1 - 1 / k)
    assert scores["width_ratio"] == 0


@pytest.mark.parametrize("factor, quality", [(0.8, 0.9991), (0.5, 1.0)])
@pytest.mark.parametrize("protocol", [DEFAULT, BOX])
def test_narrow_modes_exceed_the_ceiling_and_show_in_the_width(factor, quality, protocol):
    data = Ring()
    scores = evaluate(scaled(data, factor), data, protocol)
    assert scores["quality"] >= quality - 0.0007
    assert scores["quality"] > data.with_rule(protocol.norm, protocol.threshold).ceiling
    assert scores["width_ratio"] == pytest.approx(factor, abs=0.01)


def test_wide_modes_show_in_quality_and_width():
    scores = evaluate(scaled(Grid(), 1.2), Grid(), DEFAULT)
    assert scores["quality"] == pytest.approx(1 - math.exp(-4.5 / 1.44), abs=0.004)
    assert scores["width_ratio"] == pytest.approx(1.2, abs=0.03)


def test_dots_beside_the_centres_are_narrow():
    data = Ring()
    dots = data.law.centres.repeat(100, 1) + torch.tensor([0.01 / data.scale, 0])
    assert evaluate(dots, data, DEFAULT)["width_ratio"] == pytest.approx(0, abs=1e-6)


def test_noise_covers_all_modes_as_published_and_none_strictly():
    data = Grid()
    even = (torch.rand(10_000, 2, generator=seeded()) - 0.5) * 10 / data.scale
    scores = evaluate(even, data, DEFAULT)
    assert scores["modes_published"] == 25 and scores["modes_strict"] == 0
    share = 25 * math.pi * 0.15**2 / 100  # discs of 3σ in a square of side 10
    assert scores["quality"] == pytest.approx(share, abs=0.004)


def test_box_rule_lets_99_46_percent_of_real_data_in():
    data = Grid()
    assert evaluate(real(data, 50_000), data, BOX)["quality"] == pytest.approx(0.9946, abs=0.001)


def test_legacy_ring_counts_as_eight():
    legacy = Ring(legacy_seven=True)
    assert evaluate(real(legacy, 2500), legacy, Protocol(threshold=3.0))["modes_published"] == 8


def test_kl_over_high_quality_samples_alone():
    data = Mixture(centres=[[0.0], [10.0]])
    x = torch.tensor([0.0] * 50 + [10.0] * 50 + [9.0] * 100) / data.scale
    assert evaluate(x[:, None], data, GOOD)["kl"] == pytest.approx(0, abs=1e-12)
    everything = 0.25 * math.log(0.5) + 0.75 * math.log(1.5)
    assert evaluate(x[:, None], data, DEFAULT)["kl"] == pytest.approx(everything)
    ten = evaluate(x[:, None], data, Protocol(log_base=10))["kl"]
    assert ten == pytest.approx(everything / math.log(10))
    less = evaluate(x[:, None], data, Protocol(debias=True))["kl"]
    assert less == pytest.approx(everything - 1 / 400)


@pytest.mark.parametrize("protocol", [DEFAULT, GOOD, BOX])
@pytest.mark.parametrize("value", [math.nan, math.inf, 1e30])
def test_overflow_gives_scores_without_nan(protocol, value):
    scores = evaluate(torch.full((10, 2), value), Ring(), protocol)
    json.dumps(scores, allow_nan=False)
    assert scores["modes_published"] == scores["quality"] == 0 and scores["width_ratio"] is None


def test_a_few_overflowed_samples_cost_quality_only():
    data = Grid()
    x = real(data, 10_000)
    spoilt = torch.cat([x, torch.full((10_000, 2), math.nan)])
    whole, half = evaluate(x, data, DEFAULT), evaluate(spoilt, data, DEFAULT)
    assert half["quality"] == pytest.approx(whole["quality"] / 2)
    assert half["kl"] == whole["kl"] and half["width_ratio"] == whole["width_ratio"]


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 300), st.integers(0, 10**6))
def test_order_of_samples_is_irrelevant(n, seed):
    data = Grid()
    x = torch.randn(n, 2, generator=seeded(seed))
    shuffled = x[torch.randperm(n, generator=seeded(seed + 1))]
    assert evaluate(x, data, DEFAULT) == pytest.approx(evaluate(shuffled, data, DEFAULT))


@pytest.mark.parametrize(
    "data, n, kl", [(Ring(), 2500, 0.0014), (Grid(), 2500, 0.0048), (Grid(), 10_000, 0.0012)]
)
def test_perfect_row_is_the_floor_and_the_ceiling(data, n, kl):
    row = perfect(data, n, Protocol(threshold=3.0))
    assert row["modes_published"] == row["modes_strict"] == data.num_modes
    assert row["quality"] == pytest.approx(0.98889, abs=0.001)
    assert row["kl"] == pytest.approx(kl, rel=0.25)
    assert row["width_ratio"] == pytest.approx(1, abs=0.02) and row["missing_mass"] == 0
    assert data.num_modes - 0.3 < row["effective_modes"] < data.num_modes


def test_perfect_row_follows_the_protocol():
    data = Grid()
    assert perfect(data, 10_000, BOX)["quality"] == pytest.approx(0.9946, abs=0.0005)
    assert perfect(data, 10_000, Protocol(debias=True))["kl"] == pytest.approx(0, abs=2e-4)
    one = perfect(data, 10_000, DEFAULT)["kl"]
    assert perfect(data, 10_000, Protocol(log_base=10))["kl"] == pytest.approx(one / math.log(10))


def test_few_samples_cannot_hit_every_mode():
    row = perfect(Mixture(components=100, dim=20), 100, DEFAULT)
    assert row["modes_published"] == pytest.approx(100 * (1 - (1 - 0.9889 / 100) ** 100), abs=2)


def test_reference_rows_have_the_same_keys_and_repeat():
    data = Ring()
    rows = reference(data, 2500, DEFAULT)
    assert set(rows["perfect"]) == set(rows["real"]) == KEYS
    assert rows == reference(Ring(), 2500, DEFAULT)
    assert rows["real"]["quality"] == pytest.approx(0.9889, abs=0.008)


def lump(data, good, n=10_000):
    """A share of real samples, the rest at the origin, which is no mode of the ring."""
    x = real(data, n)
    x[round(good * n) :] = 0.0
    return x


def ball(data):
    return 0.05 * torch.randn(10_000, 2, generator=seeded())


def noise(data):
    reach = real(data).abs().max()
    return (2 * torch.rand(10_000, 2, generator=seeded()) - 1) * reach


@pytest.mark.parametrize(("x", "covered", "strict", "quality"), [
    (lambda data: scaled(data, 10, 10_000), 8, 0, 0.044), (noise, 0, 0, 0.005), (ball, 0, 0, 0),
    (lambda data: lump(data, 0.5), 8, 8, 0.494), (lambda data: lump(data, 0.19), 8, None, 0.188),
    (lambda data: lump(data, 0.21), 8, None, 0.208),
])  # fmt: skip
def test_coverage_and_quality_are_two_things(x, covered, strict, quality):
    """21 and 19 % real samples cover alike, where strict modes jump at 20 %; noise covers none."""
    scores = evaluate(x(Ring()), Ring(), DEFAULT)
    assert scores["modes_covered"] == covered
    assert strict is None or scores["modes_strict"] == strict
    assert scores["quality"] == pytest.approx(quality, abs=0.006)


def test_strict_modes_jump_where_coverage_holds():
    found = [evaluate(lump(Ring(), good), Ring(), DEFAULT)["modes_strict"] for good in (0.22, 0.18)]
    assert found[0] >= 6 and found[1] <= 1


def test_coverage_on_the_grid():
    data = Grid()
    assert evaluate(scaled(data, 10, 10_000), data, DEFAULT)["modes_covered"] == 25
    assert evaluate(noise(data), data, DEFAULT)["modes_covered"] == 0
    x = real(data)
    x[data.recognise(x).mode == 3] = data.law.centres[4].float()
    assert evaluate(x, data, DEFAULT)["modes_covered"] == 24


@pytest.mark.parametrize("data", [Ring(), Mixture(dim=3), Mixture(dim=8)])
def test_as_good_as_a_perfect_sampler_can_be_told(data):
    """Twice the distance of two true samples: true ones keep it, slightly narrow ones do not."""
    limit = 2 * perfect(data, 10_000, DEFAULT)["energy"]
    assert evaluate(data.draw(10_000, seeded(5)), data, DEFAULT)["energy"] < limit
    assert evaluate(scaled(data, 0.88, 10_000), data, DEFAULT)["energy"] > limit
    assert evaluate(scaled(data, 1.15, 10_000), data, DEFAULT)["energy"] > limit


def test_a_generator_without_a_good_sample_has_the_worst_kl_and_no_effective_mode():
    far = torch.full((100, 2), 3.0)
    scores = evaluate(far, Ring(), GOOD)
    assert scores["kl"] == pytest.approx(math.log(8)) and scores["effective_modes"] == 0
    assert evaluate(far, Ring(), Protocol(kl_over="good", log_base=8.0))["kl"] == pytest.approx(1)
    uneven = Mixture(centres=[[0, 0], [1, 0]], shares=[0.9, 0.1])
    assert evaluate(far + 99, uneven, GOOD)["kl"] == pytest.approx(math.log(10))


@dataclass(eq=False)
class Pictures(ModalDataset):
    """Pixels 0, 1, 2 are classes; a pixel's distance from a whole number is the doubt."""

    ceiling = 0.9

    def __post_init__(self):
        self.shape, self.num_modes = (1, 1, 1), 3
        self.weights = torch.tensor([0.5, 0.25, 0.25], dtype=torch.float64)

    def draw(self, n, generator):
        mode = torch.multinomial(self.weights, n, True, generator=generator)
        doubt = 0.3 * (torch.rand(n, generator=generator) > self.ceiling)
        return (mode + doubt).float().view(n, 1, 1, 1)

    def recognise(self, x):
        mode = x.flatten().round()
        doubt = (x.flatten() - mode).abs()
        return Recognition(mode.long(), doubt < 0.1, doubt)


def test_images_count_every_sample_and_report_the_sure_ones_beside():
    x = torch.tensor([0, 0, 0, 1.3, 1.3, 2.0]).view(6, 1, 1, 1)
    scores = evaluate(x, Pictures(), DEFAULT)
    assert "width_ratio" not in scores and "energy" not in scores
    assert scores["spread_least"] is None and scores["copies"] is None
    assert scores["modes_published"] == 3
    assert scores["modes_confident"] == scores["modes_strict"] == scores["modes_covered"] == 2
    assert scores["quality"] == pytest.approx(4 / 6) and scores["missing_mass"] == 0
    assert scores["off_manifold"] == pytest.approx(2 / 6)


@dataclass(eq=False)
class Grey(Pictures):
    """Pictures of 2 × 2 pixels, known inside too: the first names the class, others are noise."""

    def __post_init__(self):
        super().__post_init__()
        self.shape, self.spreads = (1, 2, 2), torch.full((3,), 3**0.5, dtype=torch.float64)

    def draw(self, n, generator):
        others = torch.randn(n, 1, 2, 2, generator=generator)
        others[:, :, 0, 0] = super().draw(n, generator).view(n, 1)
        return others

    def recognise(self, x):
        return super().recognise(x[:, :, 0, 0])


def test_one_memorised_picture_of_each_mode_is_seen():
    data = Grey()
    x = data.draw(600, seeded())
    scores = evaluate(x, data, DEFAULT)
    assert scores["spread_least"] > 0.85
    album = data.draw(200, seeded())
    album = torch.stack([album[data.recognise(album).mode == k][0] for k in range(3)])
    copied = evaluate(album[data.recognise(x).mode], data, DEFAULT)
    assert copied["modes_published"] == 3 and copied["kl"] == pytest.approx(scores["kl"], abs=0.02)
    assert copied["spread_least"] == 0 and copied["copies"] == 1
    row = reference(data, 600, DEFAULT)
    assert row["perfect"]["spread_least"] == row["real"]["spread_least"] > 0.85


def test_reference_rows_of_images():
    rows = reference(Pictures(), 4000, DEFAULT)
    assert set(rows["perfect"]) == set(rows["real"])
    for row in rows.values():
        assert row["off_manifold"] == pytest.approx(0.1, abs=0.02)
        assert row["modes_confident"] == 3

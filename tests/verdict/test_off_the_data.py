"""Samples that no even histogram may hide: each way off the data, judged in both ways."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from forked import in_fork
from mcgan.dataset.base import ModalDataset, Recognition
from mcgan.dataset.grid import Grid
from mcgan.dataset.mixture import Mixture
from mcgan.dataset.ring import Ring
from mcgan.dataset.stacked_mnist import StackedMNIST
from mcgan.engine.draws import stream
from mcgan.verdict.detector import Detector
from mnist_files import needs_mnist

N = 1000
WAYS = ("modes", "neighbours")


class Quadrants(ModalDataset):
    """Pictures (1, 8, 8) of four kinds: one bright quarter, of a shade that varies, and noise."""

    shape, num_modes, ceiling = (1, 8, 8), 4, 0.99
    weights = torch.full((4,), 0.25, dtype=torch.float64)

    def draw(self, n: int, generator: torch.Generator) -> Tensor:
        kind = torch.randint(4, (n,), generator=generator)
        shade = 1 + 0.1 * torch.randn(n, 1, 1, 1, generator=generator)
        noise = 0.05 * torch.randn(n, *self.shape, generator=generator)
        return (shade * self.templates()[kind] + noise).clamp(-1, 1)

    def templates(self) -> Tensor:
        bright = torch.eye(4).reshape(4, 1, 2, 2) * 1.6 - 0.8
        return bright.repeat_interleave(4, 2).repeat_interleave(4, 3)

    def recognise(self, x: Tensor) -> Recognition:
        """A judge that is always sure, as classifiers of noise may be."""
        mode = torch.cdist(x.flatten(1), self.templates().flatten(1)).argmin(1)
        return Recognition(mode, torch.ones(len(x), dtype=torch.bool), torch.zeros(len(x)))


DATA: dict[str, Callable[[], ModalDataset]] = {
    "ring": Ring, "grid": Grid,
    "uneven": lambda: Mixture(components=6, imbalance=3.0, apart=1.5, seed=1),
    "deep": lambda: Mixture(components=7, dim=6, spread=2.0, seed=5),
}  # fmt: skip


def normal(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=stream(3, "normal"))


def uniform(*shape: int) -> Tensor:
    return torch.rand(*shape, generator=stream(3, "uniform")) * 2 - 1


def blur(data: Any, x: Tensor, factor: float) -> Tensor:
    """Samples as even as x, their modes ``factor`` times as wide."""
    centres = data.law.centres[data.recognise(x).mode].float()
    return centres + factor * (x - centres)


def heavy_tails(data: Any, x: Tensor) -> Tensor:
    mode = data.recognise(x).mode
    cauchy = (torch.pi / 2 * uniform(*x.shape)).tan()
    return (data.law.centres[mode] + data.law.stds[mode, None] * cauchy).float()


OFF: dict[str, Callable[[Any, Tensor], Tensor]] = {
    "uniform noise": lambda data, x: x.abs().amax(0) * uniform(*x.shape),
    "modes ten times too wide": lambda data, x: blur(data, x, 10.0),
    "modes 4.3 times too wide": lambda data, x: blur(data, x, 4.3),
    "a ball at the origin": lambda data, x: 0.1 * normal(*x.shape),
    "fifty times the spread": lambda data, x: 50 * x,
    "exploded": lambda data, x: 1e4 * normal(*x.shape),
    "overflowed": lambda data, x: torch.where(x > 0, torch.inf, torch.nan),
    "heavy tails": heavy_tails,
    "half on bridges": lambda data, x: torch.where(
        torch.arange(len(x))[:, None] % 2 == 0, x, (x + x.roll(1, 0)) / 2),
}  # fmt: skip


def judge(data: ModalDataset, by: str, *courses: Tensor, steps: int = 100) -> Detector:
    """A detector after these evaluations of one replica, evenly over the run."""
    detector = Detector(data, [0], steps, by=by, config={"objective": {}, "reg": {}})
    for index, x in enumerate(courses, 1):
        seen = data.recognise(x.nan_to_num(0.0).clamp(-1e9, 1e9))
        counts, good = (
            torch.bincount(named, minlength=data.num_modes)[None]
            for named in (seen.mode, seen.mode[seen.good])
        )
        detector.add(index * steps // len(courses), [x], counts, good=good)
    return detector


def kind(detector: Detector, last: bool = False) -> str:
    return detector.verdicts(last=last)[0].state.kind


@pytest.mark.parametrize("by", WAYS)
@pytest.mark.parametrize("name", OFF)
@pytest.mark.parametrize("which", DATA)
def test_samples_off_the_data_are_told(which, name, by):
    data = DATA[which]()
    x = OFF[name](data, data.draw(N, stream(1, "x")))
    detector = judge(data, by, *[x] * 6)
    one_place = name == "overflowed" or (name == "a ball at the origin" and which != "ring")
    off = not one_place  # beside one mode, or far away: that is collapse
    assert kind(detector) == kind(detector, last=True) == ("off" if off else "collapsed")
    assert detector.has_collapsed() == (not off)


def test_a_mode_that_strays_alone_are_nearest_to_is_dropped():
    """All eight modes have their share of the samples, and one of them no good sample."""
    data = DATA["ring"]()
    x = data.draw(N, stream(1, "x"))
    x = torch.where((data.recognise(x).mode == 0)[:, None], 0.9 * x, x)
    [verdict] = judge(data, "modes", *[x] * 3).verdicts()
    assert verdict.text.endswith("samples nearest to 8 of 8 modes, good ones to 7")
    assert verdict.state.kind == "dropping"


@pytest.mark.parametrize("by", WAYS)
@pytest.mark.parametrize("factor", [0.6, 1.0, 1.2])
@pytest.mark.parametrize("which", ["ring", "grid", "uneven"])
def test_samples_of_about_the_right_width_are_healthy(which, factor, by):
    data = DATA[which]()
    for seed in range(5):
        x = blur(data, data.draw(N, stream(seed, "x")), factor)
        assert kind(judge(data, by, *[x] * 3)) == "healthy"


@pytest.mark.parametrize("by", WAYS)
@pytest.mark.parametrize("which", DATA)
def test_a_perfect_sampler_is_healthy_and_so_is_one_in_ten_strays(which, by):
    data = DATA[which]()
    for seed in range(5):
        x = data.draw(N, stream(seed, "x"))
        assert kind(judge(data, by, *[x] * 3)) == "healthy"
        x[::10] = uniform(len(x[::10]), *data.shape)
        assert kind(judge(data, by, *[x] * 3)) == "healthy"


def line(data: Any, x: Tensor) -> Tensor:
    """A line through each mode, of the modes' own width, each in another direction."""
    mode = data.recognise(x).mode
    angle = mode.double()
    way = torch.stack([angle.cos(), angle.sin()], 1)
    along = normal(len(x))[:, None] * data.law.stds[mode, None]
    return (data.law.centres[mode] + way * along).float()


def half_points(data: Any, x: Tensor) -> Tensor:
    """Half of the modes are points, the others 1.4 times as wide as the data's."""
    some = data.recognise(x).mode % 2 == 0
    return torch.where(some[:, None], blur(data, x, 0.0), blur(data, x, 1.4))


INSIDE: dict[str, Callable[[Any, Tensor], Tensor]] = {
    "one point per mode": lambda data, x: blur(data, x, 0.0),
    "modes a tenth as wide": lambda data, x: blur(data, x, 0.1),
    "sharper than the data": lambda data, x: blur(data, x, 0.4),
    "a line through each mode": line,
    "half of the modes are points": half_points,
    "a hundred points": lambda data, x: x[torch.arange(N) % 100],
}


@pytest.mark.parametrize("by", WAYS)
@pytest.mark.parametrize("name", INSIDE)
@pytest.mark.parametrize("which", ["ring", "grid", "uneven"])
def test_collapse_inside_some_modes_is_told(which, name, by):
    data = DATA[which]()
    detector = judge(data, by, *[INSIDE[name](data, data.draw(N, stream(1, "x")))] * 3)
    assert kind(detector) == "inside" and detector.has_collapsed()


@pytest.mark.parametrize("by", WAYS)
def test_pictures_of_noise_are_off_the_data_and_copies_are_told(by):
    data = Quadrants()
    real = data.draw(N, stream(1, "x"))
    seen = {
        "healthy": real, "off": 0.8 * uniform(*real.shape),
        "inside": data.templates()[torch.arange(N) % 4],
    }  # fmt: skip
    for expected, x in seen.items():
        assert kind(judge(data, by, *[x] * 3)) == expected
    noisy = real + 0.3 * normal(*real.shape)
    assert kind(judge(data, by, *[noisy] * 3)) == "off"


@pytest.mark.parametrize("by", WAYS)
def test_while_quality_improves_it_is_not_yet(by):
    data = Ring()
    x = data.draw(N, stream(1, "x"))
    sharper = [blur(data, x, factor) for factor in (12.0, 10.0, 8.0, 6.0, 5.0, 4.0)]
    assert kind(judge(data, by, *sharper)) == "sharpening"
    assert kind(judge(data, by, *sharper), last=True) == "sharpening"
    assert kind(judge(data, by, *sharper[::-1])) == "off"
    assert kind(judge(data, by, *sharper, *[sharper[-1]] * 6)) == "off"
    assert kind(judge(data, by, *sharper, *[x] * 3)) == "healthy"


@pytest.mark.parametrize("by", WAYS)
def test_the_first_evaluations_off_the_data_are_not_yet(by):
    data = Ring()
    wide = blur(data, data.draw(N, stream(1, "x")), 4.3)
    young = judge(data, by, *[wide] * 2)
    assert kind(young) == "sharpening"
    assert kind(young, last=True) == "off"
    assert young.report()["text"].startswith("off the data since step 50, samples nearest to 8")


@pytest.mark.parametrize("name, cause, told", [
    ("modes 4.3 times too wide", "wide", "typical ones 4."),
    ("a ball at the origin", "between", "100% between groups"),
    ("uniform noise", "between", "between groups"),
    ("fifty times the spread", "elsewhere", "farther out than the data"),
])  # fmt: skip
def test_it_says_where_samples_lie_and_what_to_try(name, cause, told):
    data = Ring()
    x = OFF[name](data, data.draw(N, stream(1, "x")))
    report = judge(data, "modes", *[x] * 6).report()
    assert report["replicas"][0]["cause"] == cause
    assert told in report["text"] and "of samples lie on the data" in report["text"]
    assert "; try " in report["text"]


def test_samples_that_are_one_point_between_the_modes_have_collapsed():
    data = Ring()
    assert kind(judge(data, "modes", *[1e-3 * normal(N, 2)] * 3)) == "collapsed"


@needs_mnist
@pytest.mark.parametrize("by", ["modes", pytest.param("neighbours", marks=pytest.mark.long)])
@in_fork
def test_noise_for_stacked_mnist_is_off_the_data_and_a_picture_per_mode_is_told(by):
    data = StackedMNIST(split="test")
    data.prepare()
    real = data.draw(N, stream(1, "x"))
    noise = judge(data, by, *[uniform(*real.shape)] * 3)
    assert kind(noise) == "off" and noise.report()["replicas"][0]["cause"] == "elsewhere"
    if by == "neighbours":  # so few pictures hold too few of the known modes
        assert kind(judge(data, by, *[real] * 3)) == "healthy"
        memorised = real[torch.randint(N, (N,), generator=stream(2, "which"))]
        assert kind(judge(data, by, *[memorised] * 3)) == "inside"

"""Sanity checks of Räisä et al. 2025 (arXiv 2505.22450), where they concern what is judged here."""

from collections.abc import Callable

import pytest
import torch
from torch import Generator, Tensor

from mcgan.judging.judgement import judge_features

Law = Callable[[int, Generator], Tensor]


def normal(mean: float = 0.0, scale: float = 1.0, dim: int = 8) -> Law:
    return lambda n, generator: mean + scale * torch.randn(n, dim, generator=generator)


def sphere(n: int, generator: Generator) -> Tensor:
    return torch.nn.functional.normalize(torch.randn(n, 8, generator=generator), dim=1)


def cube(n: int, generator: Generator) -> Tensor:
    return torch.rand(n, 8, generator=generator)


def pareto(n: int, generator: Generator) -> Tensor:
    return torch.rand(n, 2, generator=generator).pow(-0.5)


def dice(n: int, generator: Generator) -> Tensor:
    return torch.randint(6, (n, 3), generator=generator).float()


def two_modes(share: float) -> Law:
    def law(n: int, generator: Generator) -> Tensor:
        far = torch.rand(n, 1, generator=generator) < share
        return torch.randn(n, 8, generator=generator) + 8 * far
    return law


def torus(n: int, generator: Generator) -> Tensor:
    around, along = 2 * torch.pi * torch.rand(2, n, generator=generator)
    ring = 1 + 0.3 * around.cos()
    return torch.stack([ring * along.cos(), ring * along.sin(), 0.3 * around.sin()], 1)


def ball_surface(n: int, generator: Generator) -> Tensor:
    return torch.nn.functional.normalize(torch.randn(n, 3, generator=generator), dim=1)


def stretched(factor: float) -> Law:
    return lambda n, generator: torch.randn(n, 8, generator=generator) * torch.tensor(
        [factor] + 7 * [1.0])


def shifted_last(n: int, generator: Generator) -> Tensor:
    return normal()(n, generator) + torch.tensor(7 * [0.0] + [6.0])


def outliers(share: float) -> Law:
    def law(n: int, generator: Generator) -> Tensor:
        x = torch.randn(n, 8, generator=generator)
        return torch.where(torch.rand(n, 1, generator=generator) < share, 30 + x, x)
    return law


def judge(fakes: Law, real: Law, seed: int) -> str:
    generator = torch.Generator().manual_seed(seed)
    return judge_features(fakes(400, generator), real(800, generator), draws=3).kind


@pytest.mark.parametrize("law", [normal(), sphere, cube, pareto, dice, two_modes(0.5), torus],
                         ids=["normal", "sphere", "cube", "Pareto", "discrete", "modes", "torus"])
def test_two_samples_of_one_law_are_healthy(law):
    assert [judge(law, law, seed) for seed in (1, 2)] == ["healthy", "healthy"]


DIFFERENT: dict[str, tuple[Law, Law, tuple[str, ...]]] = {
    "mean": (normal(1.0), normal(), ("poor", "different", "missing")),
    "far mean": (normal(10.0), normal(), ("poor",)),
    "small scale": (normal(scale=0.4), normal(), ("narrowed",)),
    "large scale": (normal(scale=2.5), normal(), ("poor",)),
    "a mode dropped": (two_modes(0.0), two_modes(0.5), ("missing",)),
    "a mode invented": (two_modes(0.5), two_modes(0.0), ("poor",)),
    "a mode halved": (two_modes(0.25), two_modes(0.5), ("different", "missing")),
    "a torus for a ball": (torus, ball_surface, ("poor", "poor and missing")),
    "a stretched dimension": (stretched(8.0), normal(), ("poor",)),
    "a squeezed dimension": (normal(), stretched(8.0), ("narrowed", "missing")),
    "a disjoint dimension": (shifted_last, normal(), ("poor",)),
    "outliers among samples": (outliers(0.05), normal(), ("poor", "different")),
    "outliers among real rows": (normal(), outliers(0.05), ("missing", "different")),
}


@pytest.mark.parametrize("case", DIFFERENT)
def test_a_difference_has_its_kind(case):
    fakes, real, kinds = DIFFERENT[case]
    assert judge(fakes, real, 1) in kinds

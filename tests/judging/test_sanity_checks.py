"""The fifteen sanity checks of Räisä et al. 2025 (arXiv 2505.22450), and what fails them.

Laws and ranges are those of their paper; its curves are looked at in two to four points, in fewer
samples and dimensions. A value is one over that of two real samples, and due within 0.25; where
modes are dropped, the due value is what the two laws share. As in the judgement, vectors are
standardised by the real side and both sides have equally many rows.
"""

from collections.abc import Callable
from typing import NamedTuple

import pytest
import torch
from torch import Generator, Tensor

from mcgan.judging.components import StandardScores
from mcgan.judging.judgement import judge_features
from mcgan.judging.neighbours import compare_neighbours, look_around

Law = Callable[[int, Generator], Tensor]
N, NEAR = 300, 0.25
FIDELITY, DIVERSITY = ("precision", "density"), ("recall", "coverage", "retrieval")


def normal(mean: float = 0.0, scale: float = 1.0, dim: int = 8) -> Law:
    return lambda n, generator: mean + scale * torch.randn(n, dim, generator=generator)


def beside(*laws: Law) -> Law:
    """The columns of all laws beside each other."""
    return lambda n, generator: torch.cat([law(n, generator) for law in laws], 1)


def with_outlier(law: Law, place: float) -> Law:
    """One row of the sample is far off."""

    def made(n: int, generator: Generator) -> Tensor:
        x = law(n, generator)
        x[0] = place
        return x

    return made


def modes(shares: list[float], dim: int = 8, scale: float = 1 / 3) -> Law:
    """Normal modes on a diagonal, with these weights."""

    def law(n: int, generator: Generator) -> Tensor:
        mode = torch.multinomial(torch.tensor(shares), n, True, generator=generator)
        return 10 / 9 * mode[:, None] + scale * torch.randn(n, dim, generator=generator)

    return law


def first(number: int) -> Law:
    """The first of ten modes."""
    return modes([1.0] * number)


def thinned(kept: float) -> Law:
    """All modes but one have lost a share of theirs."""
    return modes([1.0] + [kept] * 9)


def sphere(radius: float, dim: int = 16) -> Law:
    return lambda n, generator: (
        radius * torch.nn.functional.normalize(torch.randn(n, dim, generator=generator), dim=1)
    )


def cube(start: float, dim: int = 8) -> Law:
    return lambda n, generator: start + torch.rand(n, dim, generator=generator)


def ball(n: int, generator: Generator) -> Tensor:
    radius = 0.8 * torch.rand(n, 1, generator=generator) ** (1 / 3)
    return radius * sphere(1.0, 3)(n, generator)


def torus(n: int, generator: Generator) -> Tensor:
    around, along = 2 * torch.pi * torch.rand(2, n, generator=generator)
    thin = 0.1 * torch.rand(n, generator=generator).sqrt()
    ring = 1 + thin * around.cos()
    return torch.stack([ring * along.cos(), ring * along.sin(), thin * around.sin()], 1)


def pareto(n: int, generator: Generator) -> Tensor:
    return torch.rand(n, 1, generator=generator).pow(-1 / 1.01)


def two_modes(apart: float) -> Law:
    def law(n: int, generator: Generator) -> Tensor:
        side = torch.rand(n, 1, generator=generator).round() - 0.5
        return apart * side + torch.randn(n, 8, generator=generator)

    return law


def whole(scale: float) -> Law:
    return lambda n, generator: (scale * torch.randn(n, 1, generator=generator)).round()


class Point(NamedTuple):
    """Fakes and real rows, what fidelity and diversity are due (None: anything), numbers."""

    fakes: Law
    real: Law
    fidelity: float | None
    diversity: float | None
    n: int = N
    m: int = N


def both(fakes: Law, real: Law, due: float, n: int = N, m: int = N) -> Point:
    return Point(fakes, real, due, due, n, m)


OFF, SHIFT = 1 - 0.2 ** (1 / 8), 3.0  # cubes of which 20 % overlap; a mean far off in 8 dimensions
CHECKS: dict[str, list[Point]] = {
    "mean": [
        both(normal(mean), normal(), due) for mean, due in ((-SHIFT, 0), (0.0, 1), (SHIFT, 0))
    ],
    "mean with an outlier": [
        both(normal(SHIFT), with_outlier(normal(), SHIFT), 0),
        both(with_outlier(normal(-SHIFT), SHIFT), normal(), 0),
        both(with_outlier(normal(), SHIFT), normal(), 1),
    ],
    "scale": [
        Point(normal(scale=0.1), normal(), 1, 0),
        both(normal(), normal(), 1),
        Point(normal(scale=10), normal(), 0, None),
    ],
    "modes dropped one by one": [
        Point(first(kept), first(10), 1, kept / 10) for kept in (10, 5, 1)
    ],
    "modes dropped together": [
        Point(thinned(kept), first(10), 1, due) for kept, due in ((1.0, 1), (0.0, 0.1))
    ]
    + [Point(thinned(0.05), first(10), 1, 0.4)],
    "modes dropped and invented": [
        Point(first(1), first(5), 1, 0.2),
        Point(first(5), first(5), 1, 1),
        Point(first(10), first(5), 0.5, 1),
    ],
    "surface of a sphere": [
        both(sphere(radius), sphere(1), due) for radius, due in ((0.1, 0), (1.0, 1), (1.9, 0))
    ],
    "cubes, numbers of both": [both(cube(OFF), cube(0), 0.2, n, n) for n in (100, 600)],
    "cubes, number of samples": [both(cube(OFF), cube(0), 0.2, n) for n in (100, 1000)],
    "ball and torus": [both(ball, torus, 0), both(torus, ball, 0)],
    "one mode for two": [
        Point(normal(), two_modes(0.0), 1, 1),
        Point(normal(scale=26**0.5), two_modes(5.0), 0, None),
    ],
    "one dimension scaled": [
        both(
            beside(normal(6.0, dim=1), normal(scale=scale, dim=1)),
            beside(normal(dim=1), normal(scale=scale, dim=1)),
            0,
        )
        for scale in (1e-3, 1.0, 1e3)
    ],
    "mean beside Pareto": [
        both(beside(normal(mean, dim=1), pareto), beside(normal(dim=1), pareto), due)
        for mean, due in ((-6.0, 0), (0.0, 1), (6.0, 0))
    ],
    "one disjoint dimension": [
        both(beside(normal(6.0, dim=1), normal(dim=dim)), normal(dim=dim + 1), 0)
        for dim in (1, 10, 100)
    ],
    "whole numbers": [
        both(whole(1000), normal(scale=1000, dim=1), 1),
        both(normal(scale=1000, dim=1), whole(1000), 1),
    ],
}
ALL = {*FIDELITY, *DIVERSITY}
FAILS = {
    "mean with an outlier": {"precision", "recall"},  # a single ball of an outlier holds all
    "scale": {"density"},  # has no upper bound
    "modes dropped together": {"recall", "coverage", "density"},  # few of a mode cover it
    "modes dropped and invented": {"retrieval"},  # counts samples that are on the data alone
    "surface of a sphere": ALL,  # balls of real rows reach inside it, those of samples outside
    "cubes, numbers of both": ALL,  # the balls are wider than the data
    "cubes, number of samples": ALL,
    "ball and torus": {"recall", "retrieval"},
    "one disjoint dimension": {"retrieval"},  # knows no distance, only which row is the nearest
}


def standardised(real: Tensor, *others: Tensor) -> list[Tensor]:
    law = StandardScores()
    law.fit(real.numpy())
    return [torch.from_numpy(law.apply(x.numpy())).double() for x in (real, *others)]


def values(point: Point, seed: int) -> dict[str, float]:
    """The measures of equally many rows, over those of two real samples."""
    generator = torch.Generator().manual_seed(seed)
    k = min(point.n, point.m)
    sides = [
        law(n, generator)[:k]
        for law, n in ((point.real, point.m), (point.fakes, point.n), (point.real, point.m))
    ]
    there, ours, theirs = map(look_around, standardised(*sides))
    usual = compare_neighbours(theirs, there)
    return {
        name: value / usual[name]
        for name, value in compare_neighbours(ours, there).items()
        if name in FIDELITY + DIVERSITY
    }


def failing(check: str) -> set[str]:
    """The measures that are not as due in some point."""
    found = set()
    for seed, point in enumerate(CHECKS[check]):
        due = dict.fromkeys(FIDELITY, point.fidelity) | dict.fromkeys(DIVERSITY, point.diversity)
        found |= {
            name
            for name, value in values(point, seed).items()
            if due[name] is not None and abs(value - due[name]) > NEAR
        }
    return found


@pytest.mark.parametrize("check", CHECKS)
def test_the_measures_that_fail_a_check_are_known(check):
    assert failing(check) == FAILS.get(check, set())


def test_there_are_fifteen_checks_and_every_measure_fails_some():
    assert len(CHECKS) == 15 and {*FAILS} <= {*CHECKS}


def judge(fakes: Law, real: Law) -> str:
    generator = torch.Generator().manual_seed(1)
    there, ours = standardised(real(400, generator), fakes(200, generator))
    return judge_features(ours, there, draws=2).kind


@pytest.mark.parametrize(
    "law",
    [normal(), sphere(1.0), cube(0.0), pareto, torus, first(10), whole(2.0)],
    ids=["normal", "sphere", "cube", "Pareto", "torus", "modes", "whole"],
)
def test_two_samples_of_one_law_are_healthy(law):
    assert judge(law, law) == "healthy"


KINDS: dict[str, tuple[Law, Law, tuple[str, ...]]] = {
    "mean": (normal(1.0), normal(), ("poor", "poor and missing")),
    "far mean": (normal(SHIFT), normal(), ("poor",)),
    "an outlier": (normal(SHIFT), with_outlier(normal(), SHIFT), ("different",)),  # one ball
    "small scale": (normal(scale=0.4), normal(), ("narrowed",)),
    "large scale": (normal(scale=2.5), normal(), ("poor",)),
    "modes dropped": (first(5), first(10), ("missing",)),
    "modes thinned": (thinned(0.05), first(10), ("missing", "different")),
    "modes invented": (first(10), first(5), ("poor",)),
    "inside of a sphere": (sphere(0.1), sphere(1.0), ("narrowed",)),
    "outside of a sphere": (sphere(1.9), sphere(1.0), ("poor",)),
    "cubes": (cube(OFF), cube(0), ("poor", "poor and missing")),
    "a torus for a ball": (torus, ball, ("poor",)),
    "one mode for two": (normal(scale=26**0.5), two_modes(5.0), ("poor",)),
    "one dimension scaled": (
        beside(normal(6.0, dim=1), normal(scale=1e3, dim=1)),
        beside(normal(dim=1), normal(scale=1e3, dim=1)),
        ("poor",),
    ),
    "mean beside Pareto": (
        beside(normal(6.0, dim=1), pareto),
        beside(normal(dim=1), pareto),
        ("poor",),
    ),
    "one disjoint dimension": (
        beside(normal(6.0, dim=1), normal(dim=10)),
        normal(dim=11),
        ("poor",),
    ),
    "whole numbers": (whole(1.0), normal(dim=1), ("narrowed",)),
}


@pytest.mark.parametrize("case", KINDS)
def test_a_difference_has_its_kind(case):
    fakes, real, kinds = KINDS[case]
    assert judge(fakes, real) in kinds

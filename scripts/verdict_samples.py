"""Constructed samples of a known kind, and what the verdict says of each, without any training.

Thresholds were set on the ring and the grid, seed 1; the table is of other data and seeds.
"""

from collections.abc import Callable

import tables
import torch
from torch import Tensor

from mcgan.dataset.mixture import Mixture
from mcgan.dataset.ring import Ring
from mcgan.dataset.vectors import GaussianModes
from mcgan.engine.draws import stream
from mcgan.verdict.detector import Detector

SEEDS, SAMPLES = 20, 1000
DATA: list[Callable[[], GaussianModes]] = [
    lambda: Ring(modes=12, std=0.05),
    lambda: Mixture(components=15, imbalance=4.0, seed=1, apart=1.0),
    lambda: Mixture(components=10, dim=3, spread=3.0, seed=4),
    lambda: Mixture(components=10, dim=8, spread=2.0, seed=2),
]
Case = Callable[[GaussianModes, Tensor, torch.Generator], Tensor]


def scaled(factor: float) -> Case:
    """Modes ``factor`` times as wide."""

    def case(data: GaussianModes, x: Tensor, generator: torch.Generator) -> Tensor:
        centres = centres_of(data, x)
        return centres + factor * (x - centres)

    return case


def centres_of(data: GaussianModes, x: Tensor) -> Tensor:
    return data.law.centres[data.recognise(x).mode].float()


def box(data: GaussianModes, x: Tensor, generator: torch.Generator) -> Tensor:
    return x.abs().amax(0) * (2 * torch.rand(x.shape, generator=generator) - 1)


def ball(data: GaussianModes, x: Tensor, generator: torch.Generator) -> Tensor:
    return 0.1 * torch.randn(x.shape, generator=generator)


def far(data: GaussianModes, x: Tensor, generator: torch.Generator) -> Tensor:
    return 50 * x


def heavy_tails(data: GaussianModes, x: Tensor, generator: torch.Generator) -> Tensor:
    even = torch.rand(x.shape, generator=generator) - 0.5
    std = data.law.stds[data.recognise(x).mode, None].float()
    return centres_of(data, x) + std * (torch.pi * even).tan()


def bridges(data: GaussianModes, x: Tensor, generator: torch.Generator) -> Tensor:
    """Half of the samples lie on lines between samples of two modes."""
    way = torch.rand(len(x), 1, generator=generator)
    other = x[torch.randperm(len(x), generator=generator)]
    strays = torch.rand(len(x), 1, generator=generator) < 0.5
    return torch.where(strays, way * x + (1 - way) * other, x)


def lines(data: GaussianModes, x: Tensor, generator: torch.Generator) -> Tensor:
    """A line through each mode, in a direction of its own."""
    mode = data.recognise(x).mode
    ways = torch.nn.functional.normalize(
        torch.randn(data.num_modes, *data.shape, generator=generator), dim=1
    )[mode]
    along = torch.randn(len(x), 1, generator=generator) * data.law.stds[mode, None].float()
    return centres_of(data, x) + ways * along


def half_points(data: GaussianModes, x: Tensor, generator: torch.Generator) -> Tensor:
    some = (data.recognise(x).mode % 2 == 0)[:, None]
    return torch.where(some, centres_of(data, x), scaled(1.4)(data, x, generator))


def memorised(data: GaussianModes, x: Tensor, generator: torch.Generator) -> Tensor:
    return x[torch.randint(100, (len(x),), generator=generator)]


def few_modes(data: GaussianModes, x: Tensor, generator: torch.Generator) -> Tensor:
    found = x[data.recognise(x).mode < 2]
    return found[torch.randint(len(found), (len(x),), generator=generator)] + 1e-2 * (
        torch.randn(x.shape, generator=generator)
    )


CASES: dict[str, tuple[str, Case]] = {  # the kind that is due; a ball may lie on one mode
    "real data": ("healthy", scaled(1.0)),
    "modes 0.7 times as wide": ("healthy", scaled(0.7)),
    "modes 1.1 times as wide": ("healthy", scaled(1.1)),
    "uniform noise": ("off", box),
    "modes 4.3 times as wide": ("off", scaled(4.3)),
    "modes ten times as wide": ("off", scaled(10.0)),
    "a ball at the origin": ("off or collapsed", ball),
    "fifty times the spread": ("off", far),
    "Cauchy tails about each mode": ("off", heavy_tails),
    "half of the samples on bridges": ("off", bridges),
    "one point for each mode": ("inside", scaled(0.0)),
    "modes a tenth as wide": ("inside", scaled(0.1)),
    "a line through each mode": ("inside", lines),
    "points for half of the modes, the others wider": ("inside", half_points),
    "a hundred memorised examples": ("inside", memorised),
    "two modes": ("collapsed", few_modes),
}


def judge(data: GaussianModes, samples: list[Tensor], by: str, seed: int) -> list[str]:
    """The kind of each of these samples (n, d), seen at the one evaluation of a run."""
    detector = Detector(data, [seed] * len(samples), 1, by=by)
    seen = [data.recognise(x) for x in samples]
    counts, good = (
        torch.stack([torch.bincount(mode, minlength=data.num_modes) for mode in modes])
        for modes in ([each.mode for each in seen], [each.mode[each.good] for each in seen])
    )
    detector.add(1, samples, counts, good=good)
    return [verdict.state.kind for verdict in detector.verdicts(last=True)]


def told(by: str) -> list[tuple[str, ...]]:
    """What is said of each case, for all data and seeds."""
    found = []
    for number, make in enumerate(DATA, 1):
        data = make()
        for seed in range(1000 * number, 1000 * number + SEEDS):
            generator = stream(seed, "case")
            x = data.draw(SAMPLES, generator)
            samples = [case(data, x, generator) for _, case in CASES.values()]
            found.append(judge(data, samples, by, seed))
    return [*zip(*found, strict=True)]


def table() -> str:
    """For each case: the kind that is due, how often it is told in both ways, and what else is."""
    body = []
    ways = [told(by) for by in ("modes", "neighbours")]
    for (name, (due, _)), *seen in zip(CASES.items(), *ways, strict=True):
        others = [kind for kinds in seen for kind in kinds if kind not in due.split(" or ")]
        hits = [sum(kind in due.split(" or ") for kind in kinds) / len(kinds) for kinds in seen]
        shares = [f"{share:.0%}" for share in hits]
        rest = ", ".join(f"{others.count(kind)} {kind}" for kind in sorted({*others})) or "–"
        body.append([name, due, *shares, rest])
    return tables.rows(["samples", "due", "by modes", "by neighbours", "else"], body)


if __name__ == "__main__":
    print(table())

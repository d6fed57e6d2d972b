"""The parts of the study: which defect of which data, how many samples, which seeds."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from judge_study.defects import (
    CURVES,
    DIGITS,
    PLANE,
    REPORTED,
    STACKED,
    TUNING,
    Defect,
    real,
    without,
)

FIRST = 2000  # seeds below were for thresholds
CLASSES = {f"class {c} gone": Defect(True, without(c)) for c in range(10)}
ALIKE = {name: CLASSES[name] for name in ("class 4 gone", "class 9 gone")}  # of MNIST
KINDS = ("fashion", "mnist", "stacked", "digits", "ring", "grid")
REAL = {"real samples": Defect(False, real)}


class Case(NamedTuple):
    """n samples with a defect against 2 n real ones."""

    part: str
    data: str
    name: str
    n: int
    seed: int
    defect: Defect


def every(
    part: str, data: Sequence[str], defects: Mapping[str, Defect], n: int, seeds: range
) -> Iterator[Case]:
    """Seeds come first, so that a study that is stopped has some of all."""
    for seed in seeds:
        for source in data:
            for name, defect in defects.items():
                yield Case(part, source, name, n, seed, defect)


def curves(seeds: range) -> Iterator[Case]:
    """One seed: the differences between defects are far larger than those between seeds."""
    for n in (100, 300, 1000, 3000):
        yield from every("curves", ["fashion"], CURVES, n, seeds[:1])


def alarms(seeds: range) -> Iterator[Case]:
    """Real against real, on seeds of their own: so many that an interval can end below 2 %."""
    start, count = seeds.start + 500, len(seeds)
    yield from every("alarms", KINDS, REAL, 300, range(start, start + 18 * count))
    yield from every("alarms", ["fashion"], REAL, 1000, range(start, start + 11 * count))


def one_class(seeds: range) -> Iterator[Case]:
    """Fewer seeds at 3,000, where a judgement takes its time."""
    yield from every("one class", ["fashion"], CLASSES, 3000, seeds[:2])
    yield from every("one class", ["mnist"], ALIKE, 3000, seeds[:1])
    yield from every("one class", ["digits"], CLASSES, 400, seeds[:1])


def two_seeds(
    part: str, data: Sequence[str], defects: Mapping[str, Defect], n: int
) -> Callable[[range], Iterator[Case]]:
    """Of many defects two seeds each."""
    return lambda seeds: every(part, data, defects, n, seeds[:2])


PARTS: dict[str, Callable[[range], Iterator[Case]]] = {
    "told": two_seeds("told", ["fashion", "mnist"], REPORTED, 1000),
    "one class": one_class,
    "alarms": alarms,
    "stacked": partial(every, "stacked", ["stacked"], STACKED, 1000),
    "digits": two_seeds("digits", ["digits"], DIGITS, 400),
    "plane": two_seeds("plane", ["ring", "grid"], PLANE, 1000),
    "curves": curves,
}


def tuning(seeds: range) -> Iterator[Case]:
    """What thresholds were set on."""
    yield from every("tuning", ["fashion for tuning", "mnist for tuning"], TUNING, 1000, seeds)

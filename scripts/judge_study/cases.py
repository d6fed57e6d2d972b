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
    """Fewer seeds at 3,000, where a judgement takes its time."""
    for n in (100, 300, 1000):
        yield from every("curves", ["fashion"], CURVES, n, seeds)
    yield from every("curves", ["fashion"], CURVES, 3000, seeds[:1])


def alarms(seeds: range) -> Iterator[Case]:
    """Real against real, on seeds of their own: so many that an interval can end below 2 %."""
    start, count = seeds.start + 500, len(seeds)
    yield from every("alarms", KINDS, REAL, 300, range(start, start + 18 * count))
    yield from every("alarms", ["fashion"], REAL, 1000, range(start, start + 64 * count))


def one_class(seeds: range) -> Iterator[Case]:
    """Twice the seeds for what is asked: that a class of Fashion-MNIST is seen and named."""
    twice = range(seeds.start, seeds.start + 2 * len(seeds))
    yield from every("one class", ["fashion"], CLASSES, 3000, twice)
    yield from every("one class", ["mnist"], ALIKE, 3000, seeds)
    yield from every("one class", ["digits"], CLASSES, 400, seeds)


PARTS: dict[str, Callable[[range], Iterator[Case]]] = {
    "told": partial(every, "told", ["fashion", "mnist"], REPORTED, 1000),
    "one class": one_class,
    "alarms": alarms,
    "stacked": partial(every, "stacked", ["stacked"], STACKED, 1000),
    "digits": partial(every, "digits", ["digits"], DIGITS, 400),
    "plane": partial(every, "plane", ["ring", "grid"], PLANE, 1000),
    "curves": curves,
}


def tuning(seeds: range) -> Iterator[Case]:
    """What thresholds were set on."""
    yield from every("tuning", ["fashion for tuning", "mnist for tuning"], TUNING, 1000, seeds)

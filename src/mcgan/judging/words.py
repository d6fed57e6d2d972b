"""A judgement in words: plain sentences of numbers, and a table of 80 columns."""

import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from mcgan.judging.groups import EXPECTED, MOST, Counted, MissingGroup
from mcgan.judging.inputs import ROWS, Sets
from mcgan.judging.measures import Measured
from mcgan.judging.proportions import wilson
from mcgan.judging.told_numbers import interval, number, percent, real_of, seen, small, versus

WIDTH = 80
GROSS = 300  # rows, below which only gross collapse is seen
LABELS = {
    "mmd": "MMD² (test)",
    "sliced": "sliced W2 (test)",
    "mixing": "own neighbours (test)",
    "shares": "χ² of groups (test)",
    "coverage": "coverage, k = 5",
    "precision": "precision, k = 3",
    "recall": "recall, k = 3",
    "nearest": "1-NN accuracy, fakes",
    "copies": "copies of another",
    "spread": "spread inside groups",
    "kept": "the same, best kept",
    "retrieval": "image retrieval",
    "density": "density, k = 5",
    "frechet": "Fréchet distance",
    "rke": "RKE / real",
    "vendi": "Vendi / real",
    "training": "copies of training",
}

NO_GROUP = (
    "no single group that so many samples can tell is missing: labels or more samples would name it"
)
ALTERED = (
    "all are altered alike, as by blur: groups that look empty are there once the samples have "
    "the real mean and covariance"
)


class Told(NamedTuple):
    """What the verdict is about; ``rows`` of ``real`` rows are in missing groups."""

    kind: str
    signs: Mapping[str, str]
    missing: Sequence[MissingGroup]
    groups: int
    rows: int
    real: int


def tell_verdict(told: Told, measures: Mapping[str, Measured]) -> str:
    """The verdict in one sentence."""
    return VERDICTS[told.kind](told, measures)


def tell_healthy(told: Told, measures: Mapping[str, Measured]) -> str:
    """The sentence for samples without a difference; groups are counted as all there."""
    real = measures["coverage"]
    return (
        f"Healthy: no difference beyond what two real samples show; all {told.groups:,} groups "
        f"of the real data are there, coverage {versus(real)}"
    )


def tell_missing(told: Told, measures: Mapping[str, Measured]) -> str:
    """The sentence for missing groups: the one named, or a part that is no group of its own."""
    if told.missing:
        return (name_missing if told.missing[0].whole else name_part)(told)
    return (
        f"Parts of the real data are missing: coverage {versus(measures['coverage'])}; {NO_GROUP}"
    )


def name_missing(told: Told) -> str:
    """`3 of 42 groups of the real data are missing: 9 % of the data, 7 to 11`"""
    low, high = wilson(told.rows, told.real)
    verb = "is" if len(told.missing) == 1 else "are"
    return (
        f"{len(told.missing):,} of {told.groups:,} groups of the real data {verb} missing: "
        f"{percent(told.rows / told.real)} % of the data, {percent(low)} to {percent(high)}"
    )


def name_part(told: Told) -> str:
    """`A part of the real data is missing …: at least 1 % of the data, 0.9 to 2, have 4 % of …`"""
    part = told.missing[0]
    low, high = part.interval
    return (
        f"A part of the real data is missing that is no group of its own: at least "
        f"{percent(part.share)} % of the data, {percent(low)} to {percent(high)}, have "
        f"{percent(part.fake_share / part.share)} % of their share of samples"
    )


def tell_narrowed(told: Told, measures: Mapping[str, Measured]) -> str:
    """The sentence for samples that repeat one another, or are narrowed inside groups."""
    lost = f"; {name_missing(told)}" if told.missing else ""
    if told.signs["copies"] == "many":
        copies = measures["copies"]
        return (
            f"The samples repeat one another: {interval(copies, 100)} % are as close to "
            f"another one as only {percent(copies.null_mean)} % of real ones are{lost}"
        )
    spread = measures["spread"]
    return (
        f"The samples are narrowed inside groups: {interval(spread, 1)} of the real spread, of "
        f"two real samples {spread.null_mean:.2f}{lost}"
    )


def tell_poor(told: Told, measures: Mapping[str, Measured]) -> str:
    """The sentence for samples that lie beside real ones; no group is known to be missing."""
    precision = measures["precision"]
    rest = (
        "whether groups are missing cannot be told"
        if told.signs["precision"] == "none" or told.missing
        else "no group is missing"
    )
    return (
        f"The samples are poor: {interval(precision, 100)} % lie among real ones, of two real "
        f"samples {percent(precision.null_mean)} %; {rest}"
    )


def tell_both(told: Told, measures: Mapping[str, Measured]) -> str:
    """The sentence for poor samples of which groups are missing as well."""
    precision = measures["precision"]
    return (
        f"{name_missing(told)}; and the samples are poor: {interval(precision, 100)} % lie "
        f"among real ones, of two real samples {percent(precision.null_mean)} %"
    )


def tell_different(told: Told, measures: Mapping[str, Measured]) -> str:
    """The sentence for a difference that is none of the others, with the least p."""
    p = min(each.p for each in measures.values() if each.p is not None)
    return (
        f"The samples differ from real ones in a way that two real samples do not (p "
        f"{small(p)}); {ALTERED if told.signs['groups'] == 'moved' else NO_GROUP}"
    )


VERDICTS: dict[str, Callable[[Told, Mapping[str, Measured]], str]] = {
    "healthy": tell_healthy,
    "missing": tell_missing,
    "narrowed": tell_narrowed,
    "poor": tell_poor,
    "poor and missing": tell_both,
    "different": tell_different,
}


def tell_few(n: int, m: int, fewest: int, copies: Measured | None) -> str:
    """The verdict on fewer rows than the fewest that allow one."""
    start = f"Too few for a verdict: {n:,} samples against {m:,} real rows, {fewest} each at least"
    if copies is None:
        return start
    return (
        f"{start}; {percent(copies.value)} % of the samples are close to another one, of real "
        f"rows {percent(copies.null_mean)} %"
    )


def tell_same(sets: Sets) -> str:
    """The verdict on samples that are the real rows themselves."""
    low, high = wilson(round(sets.twins * len(sets.fakes)), len(sets.fakes))
    return (
        f"{percent(sets.twins)} % of the samples, {percent(low)} to {percent(high)}, are rows "
        "of the real data themselves: they tell nothing of a generator but that it copies"
    )


def tell_variety(signs: Mapping[str, str], measures: Mapping[str, Measured]) -> str:
    """How varied samples are inside groups, and how real they look."""
    varied = {"lower": "less varied", "a little lower": "a little less varied"}.get(
        signs["spread"], "as varied"
    )
    varied = "copies of one another" if signs["copies"] == "many" else varied
    real = {"none": "not real", "lower": "less real"}.get(signs["precision"], "as real")
    return (
        f"Inside groups samples are {varied} (spread {versus(measures['spread'])}); they look "
        f"{real} (precision {versus(measures['precision'])})."
    )


def tell_twins(sets: Sets) -> tuple[str, ...]:
    """A sentence where more samples than real rows equal a row of the real data."""
    if sets.twins <= 2 * sets.usual_twins + 0.01:
        return ()
    return (
        f"{percent(sets.twins)} % of the samples equal a row of the real data to the bit; of "
        f"real rows {percent(sets.usual_twins)} % do.",
    )


def tell_limits(sets: Sets, counted: Counted) -> tuple[str, ...]:
    """What so many rows can and cannot tell."""
    least = min(len(sets.fakes), len(sets.real))
    rare = EXPECTED / min(least, EXPECTED * MOST)
    said = [
        f"{sets.n:,} samples against {sets.m:,} real rows; modes rarer than "
        f"{100 * rare:.2g} % of the data cannot be judged at this number."
    ]
    if sets.labels is not None:
        said = [
            f"{sets.n:,} samples against {sets.m:,} real rows in {len(counted.names):,} classes."
        ]
    if max(sets.n, sets.m) > ROWS:
        said.append(f"Of each side {ROWS:,} rows, chosen by the seed, were compared.")
    if least < GROSS:
        said.append(f"Below {GROSS} rows only gross collapse is seen: 3 of 10 modes or more.")
    if sets.heldout is None:
        said.append(
            "Two real samples are halves of the real data; held-out ones would tell more, "
            "and copies of training rows."
        )
    return tuple(said)


def page(
    verdict: str, variety: str, measures: Mapping[str, Measured], limits: Sequence[str]
) -> str:
    """The text of the terminal, at most 80 columns wide."""
    told = [wrap(each) for each in (verdict + ".", variety) if each]
    table = ["", *tabulate(measures), ""] if measures else []
    return "\n".join([*told, *table, *map(wrap, limits)])


def wrap(text: str) -> str:
    """The text in lines of at most 80 columns."""
    return "\n".join(textwrap.wrap(text, WIDTH))


def tabulate(measures: Mapping[str, Measured]) -> list[str]:
    """A line for each measure: its value, that of two real samples, and whether one sees more."""
    head = f"{'measure':<22}{'fakes':>10}   {'two real samples':<20} seen"
    rows = [
        f"{LABELS[name]:<22}{number(measures[name].value):>10}   "
        f"{real_of(measures[name]):<20} {seen(measures[name])}"
        for name in LABELS
        if name in measures
    ]
    return [head, *rows]

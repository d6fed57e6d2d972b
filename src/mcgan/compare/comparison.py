"""A comparison as plain values, whatever shows it afterwards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mcgan.compare.grouping import Group, Table, tables
from mcgan.compare.meanings import flag_meanings
from mcgan.compare.reading import damaged, read_all
from mcgan.compare.run import Run
from mcgan.compare.statistics import Contrast, Row, contrasts, rows
from mcgan.errors import UserError, near
from mcgan.metrics.remarks import too_good

APART = (
    "Tables differ in dataset, protocol, samples or length: rows of different ones are not ranked."
)
LENGTHS = "`mcgan compare --mix-steps` ranks runs of different train.steps together."
MACHINES = "Times are of different machines or numbers of threads."
DIVERGED = "Diverged seeds have no scores: means are over the others, ranks count them as nothing."


@dataclass
class Section:
    """One table, ranked, with its tests if it has the baseline."""

    table: Table
    rows: list[Row]
    baseline: Group | None = None
    tests: list[Contrast] = field(default_factory=list)


@dataclass
class Comparison:
    """Everything `mcgan compare` has to tell."""

    sections: list[Section]
    runs: int  # that are counted
    left_out: list[Run]  # unfinished or damaged
    notes: list[str]


def compare(
    folders: Iterable[Path], baseline: str | None = None, mix_steps: bool = False
) -> Comparison:
    """Compares the runs in and below `folders`.

    `baseline` is a label of a group, or a part that only one label of a table has; `mix_steps`
    puts runs of different lengths into one table. Raises UserError where a folder holds no run, or
    where no table has the baseline.
    """
    runs = read_all(folders)
    try:
        sections, told = arrange(runs, baseline, mix_steps)
    except Exception:  # a run's files may hold anything
        runs = [*map(keep_whole, runs)]
        sections, told = arrange(runs, baseline, mix_steps)
    if baseline is not None and sections and not any(each.baseline for each in sections):
        labels = [group.label for each in sections for group in each.table.groups]
        raise UserError(
            f"baseline {baseline!r} names no single group{near(baseline, labels)} "
            f"(choose from: {'; '.join(dict.fromkeys(labels))})"
        )
    counted = [run for run in runs if run.results]
    left_out = [run for run in runs if not run.results]
    return Comparison(sections, len(counted), left_out, told)


def arrange(
    runs: Sequence[Run], baseline: str | None = None, mix_steps: bool = False
) -> tuple[list[Section], list[str]]:
    """The runs in their tables, and what a reader of these has to know."""
    sections = [section(table, baseline) for table in tables(runs, mix_steps)]
    return sections, notes(sections, baseline)


def keep_whole(run: Run) -> Run:
    """The run, or why it is damaged: one that cannot be compared with itself spoils the others."""
    try:
        arrange([run])
        return run
    except Exception as error:  # its files may hold anything
        return damaged(run.folder, error)


def section(table: Table, baseline: str | None) -> Section:
    """A table with its rows ranked, and each group tested against the baseline.

    Raises UserError for a baseline that is not one group of the table.
    """
    ranked = rows(table)
    group = None if baseline is None else find_baseline([row.group for row in ranked], baseline)
    return Section(table, ranked, group, contrasts(table, group) if group else [])


def find_baseline(groups: Sequence[Group], word: str) -> Group | None:
    """The group of that label or settings, or the only one whose label or settings hold it."""
    same = [group for group in groups if word in (group.label, group.settings)]
    named = same or [group for group in groups if word in group.label]
    found = named or [group for group in groups if word in group.settings]
    return found[0] if len(found) == 1 else None


def notes(sections: Sequence[Section], baseline: str | None) -> list[str]:
    """What a reader of the tables has to know."""
    groups = [row.group for each in sections for row in each.rows]
    told = [APART] if len(sections) > 1 else []
    told += flag_classifiers(sections)
    told += [LENGTHS] if len(lengths(sections)) > 1 else []
    told += [DIVERGED] if any(row.diverged for each in sections for row in each.rows) else []
    told += [MACHINES] if len(machines(groups)) > 1 else []
    told += flag_meanings(run for group in groups for run in group.runs)
    told += [line for each in sections for line in flag_quality(each)]
    told += [
        f"{each.table.title}: {baseline!r} names no single group here, so no tests."
        for each in sections
        if baseline is not None and not each.baseline
    ]
    return told + [f"{group.label}: {line}" for group in groups for line in group.dropped]


def flag_classifiers(sections: Sequence[Section]) -> list[str]:
    """Where tables differ in the classifier that names the modes: a sentence for each dataset."""
    marks: dict[str, dict[str, None]] = {}
    for each in sections:
        if mark := each.table.way["recognition"].get("classifier_sha256"):
            marks.setdefault(each.table.dataset, {})[str(mark)[:8]] = None
    return [
        f"{dataset}: the modes are named by different classifiers ({' and '.join(found)}), so "
        "counts of the one are not comparable with counts of the other."
        for dataset, found in marks.items()
        if len(found) > 1
    ]


def flag_quality(section: Section) -> list[str]:
    """The groups with seeds above the ceiling of quality: their modes are too narrow."""
    samples = int(section.table.way["eval"]["samples"])
    return [
        f"{row.group.label}: {line}"
        for row in section.rows
        for line in too_good(
            {"quality": row.group.values("quality")}, section.table.perfect, samples
        )
    ]


def lengths(sections: Sequence[Section]) -> set[Any]:
    """The train.steps that each table is of; nothing where lengths are mixed."""
    return {each.table.way["train"]["steps"] for each in sections if "train" in each.table.way}


def machines(groups: Iterable[Group]) -> set[tuple[str, ...]]:
    """Processor, GPU and threads behind each run's times."""
    versions = [run.results[0].get("versions") or {} for group in groups for run in group.runs]
    return {tuple(str(each.get(key)) for key in ("cpu", "gpu", "threads")) for each in versions}

"""Runs into tables, tables into groups, groups into distinct seeds."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mcgan.compare.labels import differences, labels
from mcgan.compare.names import Origin, call
from mcgan.compare.run import Run
from mcgan.config.choices import Choices, option
from mcgan.run.identity import data_of, generator_of
from mcgan.run.metrics_log import clean
from mcgan.run.states import RunState
from mcgan.verdict.rules import few

Scores = Mapping[str, float | None]
Curve = list[tuple[int, float | None]]

TOLD = ("dataset=", "protocol=", "eval.samples=", "protocol.samples=")  # by every title


@dataclass
class Seed:
    """What one seed scored: the solo run of that seed, wherever it was a replica."""

    number: int
    run: Run
    scores: dict[str, float | None]
    curves: dict[str, Curve]  # counts of modes by step, where the run itself counted so
    steps: int | None  # to full coverage; None: never, or not watched
    seconds: float | None  # of training until then, its share of the run's
    step_ms: float | None  # its share of the run's
    collapsed: bool | None = None  # None: unknown

    @property
    def curve(self) -> Curve:
        """Strict modes by step; empty where the run counted otherwise, or its course is unknown."""
        return self.curves.get("modes_strict", [])

    @property
    def diverged(self) -> bool:
        """Whether no score of this seed is known: its loss or a gradient was not finite."""
        return all(value is None for value in self.scores.values())


@dataclass
class Group:
    """Runs that differ in nothing but their seeds."""

    config: dict[str, Any]
    choices: Choices = field(default_factory=dict)  # which options it was composed from
    label: str = ""
    settings: str = ""  # in which it differs from the table's other groups
    seeds: dict[int, Seed] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)  # seeds that were there twice

    @property
    def runs(self) -> list[Run]:
        """The runs that its seeds come from, each once."""
        return list({id(seed.run): seed.run for seed in self.seeds.values()}.values())

    def values(self, key: str) -> list[float | None]:
        """One measure of every seed, in the order of seed numbers; None where it is not known."""
        return [self.seeds[number].scores.get(key) for number in sorted(self.seeds)]


@dataclass
class Table:
    """Groups that were measured in one way on one dataset: only these may be ranked together."""

    way: dict[str, Any]
    perfect: dict[str, float | None]
    dataset: str = ""  # by the name of its option
    title: str = ""
    groups: list[Group] = field(default_factory=list)

    @property
    def full(self) -> float:
        """Full coverage: the strict modes of a perfect sampler, whole."""
        strict = self.perfect.get("modes_strict")
        return math.floor(strict + 1e-9) if strict else math.inf


def tables(runs: Iterable[Run], mix_steps: bool = False) -> list[Table]:
    """One table for each way of measuring, its groups named; a seed is in a group only once.

    Runs of other lengths have tables of their own, unless they are to be mixed.
    """
    found: dict[str, Table] = {}
    groups: dict[tuple[str, str], Group] = {}
    for run, result in sorted(list_results(runs), key=standing, reverse=True):
        way = way_of(run.config, result) | ({} if mix_steps else length(run.config))
        dataset = option("dataset", way, run.choices)
        table = found.setdefault(key(way), Table(way, perfect(result), dataset))
        who = generator_of(run.config)
        place = key(way), key(who)
        if place not in groups:
            groups[place] = Group(who, run.choices)
            table.groups.append(groups[place])
        pool(groups[place], table, run, result)
    return name_tables(list(found.values()))


def list_results(runs: Iterable[Run]) -> list[tuple[Run, dict[str, Any]]]:
    """Every pair of a run and one of its results, of which it has one for each protocol."""
    return [(run, result) for run in runs for result in run.results]


def standing(item: tuple[Run, Any]) -> tuple[bool, str]:
    """Of two runs with one seed the finished one counts, then the later one."""
    return item[0].state == RunState.DONE, item[0].ended


def way_of(config: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    """Dataset, protocol, sample size, and the classifier where one names the modes."""
    return {
        "dataset": data_of(config),
        "protocol": result["protocol"],
        "eval": result["evaluation"],
        "recognition": result.get("dataset") or {},
    }


def length(config: Mapping[str, Any]) -> dict[str, Any]:
    """The steps that a run was to train: one that ended itself before is no shorter run."""
    return {"train": {"steps": (config.get("train") or {}).get("steps")}}


def key(node: Mapping[str, Any]) -> str:
    """Equal for equal settings. The order of strategies is a setting, that of other keys none."""
    return json.dumps([node, list(node.get("reg") or {})], sort_keys=True, default=str)


def perfect(result: Mapping[str, Any]) -> dict[str, float | None]:
    """The perfect sampler's score by measure; None where it is not known."""
    return {name: clean([metric.get("perfect")])[0] for name, metric in result["metrics"].items()}


def pool(group: Group, table: Table, run: Run, result: Mapping[str, Any]) -> None:
    """Adds the run's seeds that the group does not have, and notes the others."""
    twice = [number for number in result["seeds"] if number in group.seeds]
    for replica, number in enumerate(result["seeds"]):
        group.seeds.setdefault(number, seed(number, replica, table, run, result))
    if twice:
        kept = group.seeds[twice[0]].run.place
        group.dropped.append(f"{ranges(twice)} of {run.place}: counted in {kept}")


def seed(number: int, replica: int, table: Table, run: Run, result: Mapping[str, Any]) -> Seed:
    """One replica of a run: its final scores, its curves, and when it covered all modes."""
    values = {name: metric["values"] for name, metric in result["metrics"].items()}
    scores = {name: clean(each)[replica] for name, each in values.items()}
    count, course = len(result["seeds"]), run.course
    own = result is run.results[0]  # the run's curve was counted by its own protocol
    steps = course.first(replica, table.full) if own else None
    curves = {
        name: [(step, values[replica]) for step, values in each if len(values) == count]
        for name, each in course.counts.items()
    }
    return Seed(
        number,
        run,
        scores,
        curves if own else {},
        steps,
        share(course.seconds.get(steps or -1), count),
        share(course.step_ms, count),
        has_collapsed(number, scores, table, run),
    )


def has_collapsed(number: int, scores: Scores, table: Table, run: Run) -> bool | None:
    """Whether a seed has collapsed: by the run's verdict, or else by the rule that verdicts use.

    The rule is applied to the modes that the protocol counted. None where nothing was counted.
    """
    if number in run.collapsed:
        return run.collapsed[number]
    held, due = scores.get("effective_modes"), table.perfect.get("effective_modes")
    return None if held is None or not due else few({"diversity": held / due})


def share(value: float | None, count: int) -> float | None:
    """One replica's part of seconds that all replicas took together; None if they are not known."""
    return value / count if value is not None and math.isfinite(value) else None


def ranges(numbers: Sequence[int]) -> str:
    """Seed numbers in words: `seeds 0–3`, `seed 7`, `seeds 1, 5, 9`."""
    if len(numbers) == 1:
        return f"seed {numbers[0]}"
    first, last = min(numbers), max(numbers)
    whole = len(numbers) == last - first + 1
    return f"seeds {first}–{last}" if whole else f"seeds {', '.join(map(str, numbers))}"


def name_tables(found: list[Table]) -> list[Table]:
    """Titles by what tells tables apart, labels by what tells a table's groups apart."""
    names = [{"dataset": table.dataset, "protocol": protocol(table.way)} for table in found]
    news = differences([table.way for table in found], names)
    for table, words in zip(found, news, strict=True):
        extra = [word for word in words if not word.startswith(TOLD)]
        table.title = " · ".join([*heading(table), *extra])
        name_groups(table.groups)
    return sorted(found, key=lambda table: table.title)


def name_groups(groups: Sequence[Group]) -> None:
    """Gives each group its label and settings: that in which it differs from the others."""
    known = labels([(group.config, group.choices) for group in groups])
    origins = [
        Origin([run.words for run in group.runs], settings)
        for group, settings in zip(groups, known, strict=True)
    ]
    for group, origin, label in zip(groups, origins, call(origins), strict=True):
        group.label, group.settings = label, origin.settings


def heading(table: Table) -> list[str]:
    """The parts of a table's title: dataset, protocol and number of samples."""
    samples = f"{table.way['eval']['samples']:,} samples"
    return [table.dataset, f"protocol {protocol(table.way)}", samples]


def protocol(way: Mapping[str, Any]) -> str:
    """The name of the protocol, which it has in itself: `mcgan evaluate` may choose another."""
    return option("protocol", way, {})

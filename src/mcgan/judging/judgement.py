"""The verdict on samples of any generator, from features of theirs and of real data."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import torch

from mcgan.errors import check_count
from mcgan.judging import words
from mcgan.judging.alterations import are_altered
from mcgan.judging.groups import (
    Counted,
    GroupShares,
    MissingGroup,
    count_found,
    count_labelled,
    describe_groups,
    describe_missing,
    find_missing,
)
from mcgan.judging.inputs import Sets, read_sets
from mcgan.judging.measures import (
    LEVEL,
    Measured,
    Progress,
    measure_splits,
    measure_tests,
    measure_training,
)
from mcgan.judging.neighbours import SMALLEST
from mcgan.judging.null import size_of_split
from mcgan.judging.pattern import COLLAPSED, UNNAMED, find_kind, read_signs
from mcgan.judging.regions import find_region

DRAWS = 10  # splits, over which measures are averaged
FEWEST = 100  # samples and real rows, below which there is no verdict
SAME = 0.5  # of the samples, which are real rows: nothing else is judged


@dataclass(frozen=True)
class Judgement:
    """What samples are, held against real ones: see `judge_features`.

    kind      "healthy", "missing", "narrowed", "poor", "poor and missing", "different", "too few"
    verdict   one sentence of numbers with an interval
    variety   a sentence: how varied inside groups and how real
    missing   groups with less than 20 % of their share, the largest first, or such a part that is
              no group
    groups    all groups, with the band of two real samples
    measures  by name: value, what two real samples show, p of the tests
    limits    sentences: what so many samples can tell
    copies    share of samples that are as close to another one as 5 % of real rows, None: unknown
    n, m      numbers of samples and of real rows that were given
    """

    kind: str
    verdict: str
    variety: str
    missing: tuple[MissingGroup, ...]
    groups: tuple[GroupShares, ...]
    measures: Mapping[str, Measured]
    limits: tuple[str, ...]
    n: int
    m: int

    @property
    def collapsed(self) -> bool:
        """Whether parts of the real data, or variety inside them, are lost."""
        return self.kind in COLLAPSED

    @property
    def copies(self) -> float | None:
        """Share of samples that are as close to another one as only 5 % of real rows are."""
        return self.measures["copies"].value if "copies" in self.measures else None

    def scalars(self) -> dict[str, float]:
        """Numbers for a chart: each measure, the share of real data missing, 1 for collapsed."""
        values = {name: measure.value for name, measure in self.measures.items()}
        lost = sum((group.share for group in self.missing), 0.0)
        return values | {
            "missing": lost,
            "missing_groups": float(len(self.missing)),
            "collapsed": float(self.collapsed),
        }

    def to_dict(self) -> dict[str, Any]:
        """All of it as lists, mappings, numbers and words, ready for JSON."""
        return asdict(self) | {"collapsed": self.collapsed, "copies": self.copies}

    def __str__(self) -> str:
        return words.page(self.verdict, self.variety, self.measures, self.limits)


def judge_features(
    fakes: Any,
    real: Any,
    *,
    heldout: Any = None,
    labels: Any = None,
    seed: int = 0,
    draws: int = DRAWS,
    progress: Progress | None = None,
) -> Judgement:
    """The judgement of samples (n, d) against real rows (m, d), arrays or tensors of features.

    ``heldout`` (h, d): real rows that the generator was not trained on; two real samples are then
    these and ``real``, else halves of ``real``, and copies of training rows are looked for.
    ``labels``: integers of the samples (n,) and of the real rows (m,), which are then the groups.
    ``draws``: splits over which measures are averaged. ``progress(done, draws)`` is called
    after each. The same seed gives the same judgement.

    Raises `UserError` for rows that are no (n, d), not finite, of other columns, or all the same.
    """
    check_count(draws, "splits that measures are averaged over")
    sets = read_sets(fakes, real, heldout, labels, seed)
    generator = torch.Generator().manual_seed(seed)
    if min(sets.n, sets.m) < FEWEST:
        return judge_few(sets, draws, generator, progress)
    counted = count_found(sets, generator) if sets.labels is None else count_labelled(sets.labels)
    measures = measure_tests(sets, counted, generator)
    measures |= measure_splits(sets, draws, generator, progress) | measure_training(sets)
    return conclude(sets, counted, measures, generator)


def is_real(sets: Sets) -> bool:
    """Whether most samples are rows of the real data, of which few equal one another."""
    return sets.twins >= SAME and sets.usual_twins < SAME * sets.twins


def judge_few(
    sets: Sets, draws: int, generator: torch.Generator, progress: Progress | None
) -> Judgement:
    """For fewer than 100 rows no verdict, but the copies, which so few can tell."""
    found = (
        measure_splits(sets, draws, generator, progress) if size_of_split(sets) >= SMALLEST else {}
    )
    measures = {name: found[name] for name in ("copies",) if name in found}
    verdict = words.tell_few(sets.n, sets.m, FEWEST, measures.get("copies"))
    return Judgement(
        "too few", verdict, "", (), (), measures, words.tell_twins(sets), sets.n, sets.m
    )


def conclude(
    sets: Sets, counted: Counted, measures: dict[str, Measured], generator: torch.Generator
) -> Judgement:
    """The kind and its words, from counts of groups and measures."""
    lost = find_missing(counted, LEVEL)
    altered = are_altered(sets, counted, lost, measures, LEVEL)
    missing = () if altered else describe_missing(counted, lost)
    groups = describe_groups(counted)
    signs = read_signs(measures, sum(group.share for group in missing), altered)
    differs = lost.any() or any(each.seen for each in measures.values() if each.decides)
    kind = find_kind(signs) if differs else "healthy"
    same = is_real(sets) and kind not in COLLAPSED  # copies of a few real rows are a collapse
    if kind in UNNAMED and not (missing or altered or same or sets.labels):
        missing = find_region(sets, LEVEL, generator)
        kind = "missing" if missing else kind
    told = words.Told(
        "different" if same else kind,
        signs,
        missing,
        len(groups),
        sum(map(len, (group.rows for group in missing))),
        len(counted.of_real),
    )
    verdict = words.tell_same(sets) if same else words.tell_verdict(told, measures)
    limits = words.tell_twins(sets) + words.tell_limits(sets, counted)
    return Judgement(
        told.kind,
        verdict,
        words.tell_variety(signs, measures),
        missing,
        groups,
        measures,
        limits,
        sets.n,
        sets.m,
    )

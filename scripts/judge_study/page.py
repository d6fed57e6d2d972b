"""The tables of the study in docs/RESULTS.md: targets, what is told of each defect."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import tables

from judge_study.rows import KEY, load
from mcgan.judging.proportions import wilson

Row = dict[str, Any]
MIXED = ("told", "digits", "plane")  # parts with collapsed samples and others
NAMED = 0.8  # of the real samples in missing groups, which must be of the lost class


class Target(NamedTuple):
    """What is asked, of which rows it is a share, and whether a row counts."""

    asked: str
    due: str
    rows: Callable[[Row], bool]
    hit: Callable[[Row], bool]


def is_collapsed(row: Row) -> bool:
    return bool(row["collapsed"])


def is_true(row: Row) -> bool:
    return bool(row["truly"])


def is_seen(row: Row) -> bool:
    return bool(row["kind"] != "healthy")


def is_real(row: Row) -> bool:
    return bool(row["defect"] == "real samples")


def is_named(row: Row) -> bool:
    return (row["right"] or 0) >= NAMED


def is_poor(row: Row) -> bool:
    return row["part"] in MIXED and not row["truly"] and row["defect"] != "real samples"


def is_narrow(row: Row) -> bool:
    return (
        row["part"] in MIXED
        and ("wide" in row["defect"] or "samples" in row["defect"])
        and (is_true(row))
    )


def told(row: Row) -> bool:
    return bool(row["part"] == "told")


def one_class(data: str, asked: str, due: str) -> tuple[Target, Target]:
    """Of samples of this data that lack one class: whether that is seen, and the class named."""

    def lost(row: Row) -> bool:
        return row["part"] == "one class" and bool(row["data"] == data)

    return (
        Target(f"{asked}: seen", due, lost, is_seen),
        Target("the same: named, ≥ 80 % of the named samples are of it", due, lost, is_named),
    )


TARGETS = (
    Target(
        "collapsed or not at n = 1,000: precision",
        "≥ 0.95",
        lambda row: told(row) and is_collapsed(row),
        is_true,
    ),
    Target("the same: recall", "≥ 0.95", lambda row: told(row) and is_true(row), is_collapsed),
    *one_class("fashion", "one class of ten gone at n = 3,000", "≥ 0.95"),
    *one_class("mnist", "4 or 9 of MNIST, which are alike, gone at n = 3,000", "–"),
    *one_class("digits", "one of scikit-learn's digits gone at n = 400", "–"),
    Target(
        "real against real, six kinds of data, n = 100 to 3,000: false alarms",
        "≤ 0.02",
        is_real,
        is_seen,
    ),
    Target("the same: called collapsed", "≤ 0.02", is_real, is_collapsed),
    Target(
        "noise, specks and blur: not called collapse",
        "≥ 0.95",
        is_poor,
        lambda row: not is_collapsed(row),
    ),
    Target("narrowed and repeated samples: called collapse", "–", is_narrow, is_collapsed),
    Target(
        "stacked, 100 of 1,000 triples, n = 1,000: seen",
        "–",
        lambda row: row["defect"] == "100 of 1,000 triples",
        is_seen,
    ),
    Target(
        "scikit-learn's digits, n = 400: collapsed or not, right",
        "–",
        lambda row: row["part"] == "digits",
        lambda row: is_collapsed(row) == is_true(row),
    ),
    Target(
        "ring and grid, n = 1,000: collapsed or not, right",
        "–",
        lambda row: row["part"] == "plane",
        lambda row: is_collapsed(row) == is_true(row),
    ),
)


def targets(rows: list[Row]) -> str:
    head = ["asked", "due", "measured", "95 % interval", "judgements"]
    return tables.rows(head, [measured(target, rows) for target in TARGETS])


def measured(target: Target, rows: list[Row]) -> list[str]:
    """The cells of a target: the share of its rows that count, and their number."""
    asked = once(filter(target.rows, rows))
    if not asked:
        return [target.asked, target.due, "–", "–", "0"]
    hits = sum(map(target.hit, asked))
    low, high = wilson(hits, len(asked))
    return [
        target.asked,
        target.due,
        f"{hits / len(asked):.3f}",
        f"{low:.3f} to {high:.3f}",
        str(len(asked)),
    ]


def once(rows: Iterable[Row]) -> list[Row]:
    """Each judgement once: the same samples may be of two parts."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        found.setdefault(tuple(row[key] for key in KEY[1:]), row)
    return [*found.values()]


def kinds(rows: list[Row]) -> str:
    """What is told of each defect, the curves of the figure left out."""
    there: dict[tuple[str, str, int, bool], Counter[str]] = {}
    for row in rows:
        if row["part"] != "curves":
            key = row["data"], row["defect"], row["n"], row["truly"]
            there.setdefault(key, Counter())[row["kind"]] += 1
    body = [
        [
            f"{data}: {defect}",
            f"{n:,}",
            "yes" if truly else "no",
            str(found.total()),
            ", ".join(f"{count} {kind}" for kind, count in found.most_common()),
        ]
        for (data, defect, n, truly), found in there.items()
    ]
    return tables.rows(["samples", "n", "collapsed", "judgements", "told"], body)


def write(path: Path) -> None:
    """Puts both tables of the rows in this file into RESULTS.md."""
    rows = load(path)["study"]
    text = tables.RESULTS.read_text(encoding="utf-8")
    text = tables.replaced(text, "judge targets", targets(rows))
    text = tables.replaced(text, "judge kinds", kinds(rows))
    tables.RESULTS.write_text(text, encoding="utf-8")

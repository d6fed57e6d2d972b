"""What a pattern of measures means: a table, the first row that fits is the kind.

Its bounds were set on other defects and seeds than those that `docs/judge.json` reports.
"""

from collections.abc import Mapping
from typing import NamedTuple

from mcgan.judging.measures import Measured

COLLAPSED = ("missing", "narrowed", "poor and missing")
UNNAMED = ("missing", "different")  # kinds that leave open which data are gone, without a group


class Bounds(NamedTuple):
    """Signs of a measure by its ratio to that of two real samples, each up to an upper bound."""

    measure: str
    signs: tuple[tuple[float, str], ...]  # ascending; above the last it is "higher"


BOUNDS = (
    Bounds("precision", ((0.5, "none"), (0.95, "lower"), (float("inf"), "as real"))),
    Bounds("spread", ((0.72, "lower"), (0.92, "a little lower"), (float("inf"), "as real"))),
    Bounds("kept", ((0.7, "lower"), (float("inf"), "as real"))),
    Bounds("coverage", ((0.95, "lower"), (float("inf"), "as real"))),
)
MANY = 0.5  # copies, above which the samples are few
LEAST = 0.005  # of the real data, which must be missing
ELSEWHERE = 0.5  # of the usual coverage, where no group is missing: less is of samples off the data

# kind: the signs that it needs; a measure that is not named may have any.
PATTERNS: tuple[tuple[str, Mapping[str, tuple[str, ...]]], ...] = (
    ("narrowed", {"copies": ("many",)}),
    ("poor", {"precision": ("none",)}),
    ("narrowed", {"kept": ("lower",), "precision": ("as real",)}),
    (
        "poor and missing",
        {"precision": ("lower",), "groups": ("missing",), "elsewhere": ("covered",)},
    ),
    ("poor", {"precision": ("lower",)}),
    ("missing", {"groups": ("missing",)}),
    ("missing", {"coverage": ("lower",), "spread": ("as real",), "groups": ("all there",)}),
    ("different", {}),
)


def read_signs(
    measures: Mapping[str, Measured], missing: float, altered: bool = False
) -> dict[str, str]:
    """The sign of each measure that explains; ``missing``: share of the groups that are missing.

    ``altered``: groups are empty only because all samples are altered alike.
    """
    signs = {bounds.measure: sign_of(measures[bounds.measure], bounds) for bounds in BOUNDS}
    copies = measures["copies"]
    many = copies.value > max(MANY, 2 * copies.null_mean)
    coverage = measures["coverage"]
    elsewhere = coverage.value / max(1 - missing, 1e-12)
    return signs | {
        "copies": "many" if many else "as real",
        "groups": "moved" if altered else "missing" if missing >= LEAST else "all there",
        "elsewhere": ("covered" if elsewhere > ELSEWHERE * coverage.null_mean else "bare"),
    }


def sign_of(measure: Measured, bounds: Bounds) -> str:
    """The sign by the ratio, if two real samples do not show such a value."""
    if not measure.seen:
        return "as real"
    ratio = measure.value / max(measure.null_mean, 1e-12)
    return next(sign for bound, sign in bounds.signs if ratio <= bound)


def find_kind(signs: Mapping[str, str]) -> str:
    """The kind of the first row whose signs are all there."""
    return next(
        kind
        for kind, needs in PATTERNS
        if all(signs[name] in allowed for name, allowed in needs.items())
    )

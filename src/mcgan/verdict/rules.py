"""From the signals of one replica's evaluations to what has become of it.

A row is an evaluation: its step and its signals by name. Thresholds were set on the ring and the
grid; docs/RESULTS.md has what they are worth on other data.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

Row = Mapping[str, float]

LOW = 0.5  # of the data's effective groups, below which a generator is collapsed
LUMP = 0.02  # of the data's mean distance of pairs, below which samples are in one place
NARROW = 0.25  # of the data's width inside groups, below which it is collapsed inside them
COPIED = 0.15  # of samples that are copies of another, above which it is collapsed inside them
SLIM = 0.5  # of the data's width: the same where no sample at all is off the data
THIN = 0.25  # of the data's width, of the thinnest groups: the same where only some groups are
ON = 0.7  # of samples that lie on the data, below which the generator is off the data
FLOWN = 0.5  # of samples that lie elsewhere, above which groups say nothing, if they
VARIED = 1.0  # are also that many times as far from each other as the data,
ROUND = 0.6  # and have more than that share of the data's effective rank: no line that explodes
GAIN = 0.1  # by which the share on the data must have grown, for a generator that still sharpens,
SHARPER = 0.8  # or of its blur before, below which the blur must have fallen
PATIENCE = 3  # evaluations in a row that must show collapse
GRACE = 0.2  # share of the run before which few groups are no collapse yet
MISSED = 0.1  # of the data, in groups that are not held, above which modes are dropped
FALLEN = 0.7  # of the best diversity so far, below which modes are dropped
MOVING = 0.2  # mean share of samples in groups not held one evaluation before: rotation, if they
WIDER = 1.3  # hold, over the last evaluations, that many times the diversity of now

KINDS = {  # by which replicas are counted, from good to bad
    "early": "too early to tell",
    "healthy": "healthy",
    "sharpening": "not yet: still sharpening",
    "off": "off the data",
    "dropping": "dropping modes",
    "rotating": "rotating among modes",
    "inside": "collapsed inside modes",
    "collapsed": "collapsed",
    "diverged": "diverged",
}


class State(NamedTuple):
    """What has become of a replica, and since which step."""

    kind: str  # one of KINDS
    step: int
    collapsed: bool = False


class KindRule(NamedTuple):
    """A kind, what an evaluation must show for it, and for how many evaluations in a row."""

    kind: str
    shows: Callable[[Row], bool]
    patience: int = 1
    collapsed: bool = False


def state(rows: Sequence[Row], grace: float, last: bool, dead: bool = False) -> State:
    """What the rows show, the last of them being now: the first of `RULES` that holds.

    ``grace``: steps that are too early. At the ``last`` evaluation no rule has patience. A ``dead``
    replica's losses are no longer finite.
    """
    now = int(rows[-1]["step"])
    if dead:
        return State("diverged", now)
    if now < grace and not last:
        return State("early", now)
    judged = [row for row in rows if row["step"] >= grace] or rows[-1:]
    for rule in RULES:
        shown = trailing(judged, rule.shows)
        if len(shown) >= (1 if last else rule.patience):
            kind = by_course(rule.kind, rows, judged, last)
            return State(kind, int(shown[0]["step"]), rule.collapsed)
    return State("healthy", now)


def by_course(kind: str, rows: Sequence[Row], judged: Sequence[Row], last: bool) -> str:
    """The kind, or what it is called where the evaluations before show that samples move."""
    if kind == "off":
        young = len(judged) < PATIENCE and not last
        return "sharpening" if young or improving(rows) else kind
    return "rotating" if kind in ("collapsed", "dropping") and rotating(judged) else kind


def flown(row: Row) -> bool:
    """Samples are elsewhere and differ: the nearest groups of such samples mean nothing."""
    varied = row["spread"] > VARIED and row["rank"] > ROUND
    return varied and row["elsewhere"] > FLOWN


def few(row: Row) -> bool:
    """Whether effective groups fall below the bound of collapse."""
    return row["diversity"] < LOW


def lump(row: Row) -> bool:
    """All samples in one place, though it be between groups."""
    return few(row) or row["spread"] < LUMP


def narrow(row: Row) -> bool:
    """Whether samples in groups are too narrow, in one direction too, or copies."""
    points = row["width"] < NARROW or row["thin"] < THIN or row["copies"] > COPIED
    return points or (row["width"] < SLIM and row["on_data"] >= 1)


def astray(row: Row) -> bool:
    """Whether too few samples lie on the data."""
    return row["on_data"] < ON


def dropping(row: Row) -> bool:
    """Whether modes are lost by all samples, or by good ones alone, as strays may hide a loss."""
    lost = max(row["missing"], row["unserved"]) > MISSED
    return lost or row["diversity"] < FALLEN * row["best"]


def rotating(rows: Sequence[Row]) -> bool:
    """Samples come to groups that had none, and groups they were in a while ago are missing."""
    recent, now = rows[-PATIENCE:], rows[-1]
    fresh = sum(row["fresh"] for row in recent) / len(recent)
    return fresh > MOVING and now["missing"] > MISSED and now["visited"] > WIDER * now["diversity"]


def improving(rows: Sequence[Row]) -> bool:
    """The last evaluations together are sharper than those before them."""
    recent, before = rows[-PATIENCE:], rows[-2 * PATIENCE : -PATIENCE]
    if not before:
        return False
    on, blur = ([sum(row[key] for row in part) / len(part) for part in (before, recent)]
                for key in ("on_data", "blur"))  # fmt: skip
    return on[1] > on[0] + GAIN or blur[1] < SHARPER * blur[0]


def trailing(rows: Sequence[Row], shows: Callable[[Row], bool]) -> list[Row]:
    """The rows at the end, in a row, that show it."""
    found: list[Row] = []
    for row in reversed(rows):
        if not shows(row):
            break
        found.insert(0, row)
    return found


RULES = (
    KindRule("off", flown),
    KindRule("collapsed", lump, PATIENCE, collapsed=True),
    KindRule("inside", narrow, PATIENCE, collapsed=True),
    KindRule("off", astray),
    KindRule("dropping", dropping),
)

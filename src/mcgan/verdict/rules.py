"""From the signals of one replica's evaluations to what has become of it.

A row is an evaluation: its step and its signals by name. Thresholds were set on the ring and the
grid; docs/RESULTS.md has what they are worth on other data.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

Row = Mapping[str, float]

LOW = 0.5  # of the data's effective groups, below which a generator is collapsed
NARROW = 0.25  # of the data's width inside groups, below which it is collapsed inside them
COPIES = 0.05  # of the data's distance to the nearest neighbour, below which samples are copies
PATIENCE = 3  # evaluations in a row that must show collapse
GRACE = 0.2  # share of the run before which few groups are no collapse yet
MISSED = 0.1  # of the data, in groups that are not held, above which modes are dropped
FALLEN = 0.7  # of the best diversity so far, below which modes are dropped
MOVING = 0.2  # mean share of samples in groups not held one evaluation before: rotation, if they
WIDER = 1.3  # hold, over the last evaluations, that many times the diversity of now


class State(NamedTuple):
    """What has become of a replica, and since which step."""

    kind: str  # one of KINDS
    step: int
    collapsed: bool = False


KINDS = {
    "early": "too early to tell",
    "healthy": "healthy",
    "dropping": "dropping modes",
    "rotating": "rotating among modes",
    "inside": "collapsed inside modes",
    "collapsed": "collapsed",
    "diverged": "diverged",
}


def state(rows: Sequence[Row], grace: float, last: bool, dead: bool = False) -> State:
    """What the rows show, the last of them being now. ``grace``: steps that are too early.

    Collapse asks for `PATIENCE` rows in a row, but at the ``last`` evaluation for the one there is.
    A ``dead`` replica's losses are no longer finite.
    """
    now = int(rows[-1]["step"])
    if dead:
        return State("diverged", now)
    if now < grace and not last:
        return State("early", now)
    judged = [row for row in rows if row["step"] >= grace] or rows[-1:]
    asked = 1 if last else PATIENCE
    low, inside = (trailing(judged, shows) for shows in (few, narrow))
    if len(low) >= asked:
        kind = "rotating" if rotating(judged) else "collapsed"
        return State(kind, int(low[0]["step"]), collapsed=True)
    if len(inside) >= asked:
        return State("inside", int(inside[0]["step"]), collapsed=True)
    if rotating(judged):
        return State("rotating", now)
    gone = trailing(judged, dropping)
    return State("dropping", int(gone[0]["step"])) if gone else State("healthy", now)


def few(row: Row) -> bool:
    return row["diversity"] < LOW


def narrow(row: Row) -> bool:
    return row["width"] < NARROW or row["neighbours"] < COPIES


def dropping(row: Row) -> bool:
    return row["missing"] > MISSED or row["diversity"] < FALLEN * row["best"]


def rotating(rows: Sequence[Row]) -> bool:
    """Samples come to groups that had none, and groups they were in a while ago are missing."""
    recent, now = rows[-PATIENCE:], rows[-1]
    fresh = sum(row["fresh"] for row in recent) / len(recent)
    return fresh > MOVING and now["missing"] > MISSED and now["visited"] > WIDER * now["diversity"]


def trailing(rows: Sequence[Row], shows: Callable[[Row], bool]) -> list[Row]:
    """The rows at the end, in a row, that show it."""
    found: list[Row] = []
    for row in reversed(rows):
        if not shows(row):
            break
        found.insert(0, row)
    return found

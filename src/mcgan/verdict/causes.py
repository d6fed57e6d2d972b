"""The likely cause of a collapse: the signals that show it, and what is known to help."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import yaml

from mcgan.config.choices import option
from mcgan.verdict.rules import MOVING, PATIENCE, Row, State

TELLS = 0.85  # chance that data score above fakes, above which the critic tells them apart
FORGOTTEN = 0.15  # by which old fakes fare better with the critic than fresh ones
FLAT = 0.04  # change of a score across the data, of a critic that tells nothing apart
LOST = 0.3  # share of the critic's slope at fakes that reaches G, below which it vanishes


class Cause(NamedTuple):
    """A likely cause by its key in causes.yaml, and the signals that show it."""

    key: str
    shown: dict[str, float]


def cause(rows: Sequence[Row], state: State) -> Cause | None:
    """Of a state that needs one: the first of `SIGNS` that the last rows show on average.

    None where the rows have no signals of the critic, which nearly all causes are seen by.
    """
    if state.kind in ("early", "healthy"):
        return None
    if state.kind == "diverged":
        return Cause("overflow", {})
    if "critic_fakes" not in rows[-1]:
        return None
    recent = rows[-PATIENCE:]
    mean = {key: sum(row[key] for row in recent) / len(recent) for key in recent[-1]}
    key = next((key for key, (sign, _) in SIGNS.items() if sign(mean)), "alone")
    return Cause(key, {name: mean[name] for name in SIGNS.get(key, ALONE)[1]})


def capacity(row: Row) -> bool:
    return row["slope_real"] < FLAT


def forgetting(row: Row) -> bool:
    moved = row["fresh"] > MOVING and row["critic_old"] < TELLS
    return moved or row["critic_fakes"] - row["critic_old"] > FORGOTTEN


def vanishing(row: Row) -> bool:
    return row["critic_fakes"] > TELLS and row["reach"] < LOST * row["slope_fake"]


def ahead(row: Row) -> bool:
    return row["critic_fakes"] > TELLS


Sign = tuple[Callable[[Row], bool], tuple[str, ...]]
SIGNS: dict[str, Sign] = {
    "capacity": (capacity, ("critic_fakes", "slope_real")),
    "forgetting": (forgetting, ("critic_fakes", "critic_old", "fresh")),
    "vanishing": (vanishing, ("critic_fakes", "slope_fake", "reach")),
    "ahead": (ahead, ("critic_fakes", "slope_real")),
}
ALONE: Sign = (lambda row: True, ("critic_fakes", "spread"))


@cache
def load_causes() -> dict[str, Any]:
    """causes.yaml: name, meaning and advice by key."""
    text = files("mcgan.verdict").joinpath("causes.yaml").read_text("utf-8")
    causes: dict[str, Any] = yaml.safe_load(text)
    return causes


def advice(key: str, config: Mapping[str, Any], choices: Mapping[str, Any] | None = None
           ) -> list[str]:
    """What to type, less what this run has: `objective=…`, `reg=…`, settings.

    `choices` are the options that the run stored, where it did.
    """
    chosen, own = load_causes()[key]["try"], option("objective", config, choices or {})
    return [
        *(f"objective={name}" for name in chosen.get("objective", ()) if name != own),
        *(f"reg={name}" for name in chosen.get("reg", ()) if name not in config["reg"]),
        *chosen.get("settings", ()),
    ]

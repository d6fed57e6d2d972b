"""The likely cause of a collapse: the signals that show it, and what is known to help."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from mcgan.config.choices import choose_strategies, option
from mcgan.schedule import write_schedule
from mcgan.system.quick_yaml import read_yaml
from mcgan.verdict.rules import MOVING, PATIENCE, Row, State

TELLS = 0.85  # chance that data score above fakes, above which the critic tells them apart
FORGOTTEN = 0.15  # by which old fakes fare better with the critic than fresh ones
FLAT = 0.04  # change of a score across the data, of a critic that tells nothing apart
LOST = 0.3  # share of the critic's slope at fakes that reaches G, below which it vanishes
# What a setting that is null is like.
SAME_AS = {"optim.d.lr": "optim.lr", "optim.g.lr": "optim.lr", "arch.critic_width": "arch.width"}


class Cause(NamedTuple):
    """A likely cause by its key in causes.yaml, and the signals that show it."""

    key: str
    shown: dict[str, float]


def cause(rows: Sequence[Row], state: State) -> Cause | None:
    """The likely cause of a state that needs one: the first whose sign shows.

    Off the data they are `PLACES`, in the last row; else `SIGNS`, in the last rows on average.
    None where those are wanted and the rows have no signals of the critic.
    """
    if state.kind in ("early", "healthy"):
        return None
    if state.kind == "diverged":
        return Cause("overflow", {})
    if state.kind == "sharpening":
        return Cause("unfinished", pick(rows[-1], WIDE[1]))
    if state.kind == "off":
        return first(PLACES, rows[-1], "wide", WIDE)
    known = "critic_fakes" in rows[-1]
    return first(SIGNS, mean_signals(rows[-PATIENCE:]), "alone", ALONE) if known else None


def mean_signals(rows: Sequence[Row]) -> Row:
    """The mean of each signal over some evaluations."""
    return {key: sum(row[key] for row in rows) / len(rows) for key in rows[-1]}


def first(signs: Mapping[str, "Sign"], row: Row, other: str, others: "Sign") -> Cause:
    """The first cause whose sign the signals show, or else the ``other``."""
    key = next((key for key, (sign, _) in signs.items() if sign(row)), other)
    return Cause(key, pick(row, signs.get(key, others)[1]))


def pick(row: Row, names: Sequence[str]) -> dict[str, float]:
    """The named signals of an evaluation."""
    return {name: row[name] for name in names}


def capacity(row: Row) -> bool:
    """Whether D's score is flat at the data: it has too little capacity to tell them apart."""
    return row["slope_real"] < FLAT


def forgetting(row: Row) -> bool:
    """Whether D knows fresh fakes but not earlier ones."""
    moved = row["fresh"] > MOVING and row["critic_old"] < TELLS
    return moved or row["critic_fakes"] - row["critic_old"] > FORGOTTEN


def vanishing(row: Row) -> bool:
    """Whether D tells fakes surely, and hardly any gradient reaches G."""
    return row["critic_fakes"] > TELLS and row["reach"] < LOST * row["slope_fake"]


def ahead(row: Row) -> bool:
    """Whether D tells fakes surely."""
    return row["critic_fakes"] > TELLS


def elsewhere(row: Row) -> bool:
    """Whether more than half of the strays lie farther out than any data."""
    return row["elsewhere"] > (1 - row["on_data"]) / 2


def between(row: Row) -> bool:
    """Whether more than half of the strays lie in gaps between modes."""
    return row["between"] > (1 - row["on_data"]) / 2


Sign = tuple[Callable[[Row], bool], tuple[str, ...]]
SIGNS: dict[str, Sign] = {
    "capacity": (capacity, ("critic_fakes", "slope_real")),
    "forgetting": (forgetting, ("critic_fakes", "critic_old", "fresh")),
    "vanishing": (vanishing, ("critic_fakes", "slope_fake", "reach")),
    "ahead": (ahead, ("critic_fakes", "slope_real")),
}
ALONE: Sign = (lambda row: True, ("critic_fakes", "spread"))
PLACES: dict[str, Sign] = {
    "elsewhere": (elsewhere, ("on_data", "elsewhere", "spread")),
    "between": (between, ("on_data", "between")),
}
WIDE: Sign = (lambda row: True, ("on_data", "blur"))


@cache
def load_causes() -> dict[str, Any]:
    """causes.yaml: name, meaning and advice by key."""
    text = files("mcgan.verdict").joinpath("causes.yaml").read_text("utf-8")
    causes: dict[str, Any] = read_yaml(text)
    return causes


def advice(
    key: str, config: Mapping[str, Any], choices: Mapping[str, Any] | None = None
) -> list[str]:
    """Words to type, each beside what the run has: `objective=…`, `'reg=[…]'`, settings.

    What it has already is left out. `choices` are the options that the run stored, where it did.
    """
    tries, own = load_causes()[key]["try"], option("objective", config, choices or {})
    chosen = choose_strategies(config["reg"], choices or {})
    return [
        *(f"objective={name}" for name in tries.get("objective", ()) if name != own),
        *(add_strategy(chosen, name) for name in tries.get("reg", ()) if name not in config["reg"]),
        *filter(None, (change(config, *each) for each in tries.get("settings", {}).items())),
    ]


def add_strategy(chosen: Sequence[str], name: str) -> str:
    """`reg=pac`, or with those that were chosen `'reg=[minibatch,pac]'`, quoted for a shell."""
    return shlex.quote(f"reg=[{','.join([*chosen, name])}]") if chosen else f"reg={name}"


def change(config: Mapping[str, Any], key: str, by: float | list[float]) -> str | None:
    """`optim.lr=0.0001`: a number or a schedule times `by`, a list as it is. None where there is
    none of it."""
    now = find(config, key)
    now = find(config, SAME_AS[key]) if now is None and key in SAME_AS else now
    if isinstance(by, list):
        return shlex.quote(f"{key}=[{','.join(map(str, by))}]") if now not in (None, by) else None
    if isinstance(now, Mapping) and "from" in now:
        scaled = {**now, "from": now["from"] * by, "to": now["to"] * by}
        return shlex.quote(f"{key}={write_schedule(scaled)}")
    if isinstance(now, bool) or not isinstance(now, int | float):
        return None
    return f"{key}={round(now * by) if isinstance(now, int) else f'{now * by:.3g}'}"


def find(config: Mapping[str, Any], key: str) -> Any:
    """A setting by its dotted name; None where it is null or not there."""
    node: Any = config
    for name in key.split("."):
        node = node.get(name) if isinstance(node, Mapping) else None
    return node

"""What people try against a verdict, and what we measured of it on data of our own.

`advice.yaml` names the options. `measured.json` has the numbers; `scripts/judge_advice.py` takes
them from the catalogue, and leaves out what was not measured at the present defaults.
"""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from mcgan.system.quick_yaml import read_yaml

PLACE = "mcgan.judging.report"


@cache
def load_advice() -> dict[str, dict[str, list[str]]]:
    """Kind of a verdict -> group of options -> their names, the first first."""
    text = files(PLACE).joinpath("advice.yaml").read_text("utf-8")
    found: dict[str, dict[str, list[str]]] = read_yaml(text)
    return found


@cache
def load_measured() -> dict[str, Any]:
    """Modes of our ring that runs with an option found: their number, seeds, mean and interval."""
    found: dict[str, Any] = json.loads(files(PLACE).joinpath("measured.json").read_text("utf-8"))
    return found


def tell_advice(kinds: Iterable[str]) -> Iterator[str]:
    """A line for each option that is tried against these, with its row; nothing without a need."""
    known = load_advice()
    words = dict.fromkeys(
        f"{group}={name}"
        for kind in kinds
        if kind in known
        for group, names in known[kind].items()
        for name in names
    )
    if not words:
        return
    found = load_measured()
    yield (
        f"What people try; strict modes found of {found['modes']} on our ring, "
        f"{found['seeds']} seeds:"
    )
    yield f"  {'none of these':<24}{row_of(found['none'])}"
    for word in words:
        yield f"  {word:<24}{row_of(found['options'].get(word))}"
    yield "`mcgan list reg mixture` explains one; mcgan.game puts it into your own loop."


def row_of(measured: dict[str, Any] | None) -> str:
    """A measured cell with its interval: `7.8 (7.5 to 8.0)`."""
    if measured is None:
        return "not measured at its present defaults"
    low, high = measured["interval"]
    return f"{measured['mean']:.1f} ({low:.1f} to {high:.1f})"

"""What people try against a verdict, and what we measured of it on data of our own.

`advice.yaml` names the options and the game that says what they bring. `measured.json` has the
numbers; `scripts/judge_advice.py` takes them from the tables, and leaves out what is not measured.
"""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from mcgan.system.quick_yaml import read_yaml

PLACE = "mcgan.judging.report"
GROUPS = ("objective", "reg")


@cache
def load_advice() -> dict[str, dict[str, Any]]:
    """Kind of a verdict -> the game that was measured, and names of options by their group."""
    text = files(PLACE).joinpath("advice.yaml").read_text("utf-8")
    found: dict[str, dict[str, Any]] = read_yaml(text)
    return found


@cache
def load_measured() -> dict[str, dict[str, Any]]:
    """Game -> what was counted, and the mean and interval of runs with and without each option."""
    found: dict[str, dict[str, Any]] = json.loads(
        files(PLACE).joinpath("measured.json").read_text("utf-8")
    )
    return found


def tell_advice(kinds: Iterable[str]) -> Iterator[str]:
    """A table for each game that speaks of these kinds, its best option first; else nothing."""
    games = collect_words(kinds)
    for game, words in games.items():
        yield from tell_game(load_measured()[game], words)
    if games:
        yield "`mcgan list GROUP OPTION` explains one; mcgan.game puts it into your own loop."


def collect_words(kinds: Iterable[str]) -> dict[str, list[str]]:
    """Game -> the options for these kinds as they are typed, each once."""
    games: dict[str, dict[str, None]] = {}
    known = load_advice()
    for entry in (known[kind] for kind in kinds if kind in known):
        games.setdefault(entry["game"], {}).update(dict.fromkeys(type_options(entry)))
    return {game: [*words] for game, words in games.items()}


def type_options(entry: dict[str, Any]) -> list[str]:
    """The options of a kind, as they are typed: `objective=wgan_gp`."""
    return [f"{group}={name}" for group in GROUPS for name in entry.get(group, ())]


def tell_game(game: dict[str, Any], words: Iterable[str]) -> Iterator[str]:
    """What was counted in which game, the game as it is, then these options by what they bring."""
    yield f"What people try; {game['counted']}, up to {game['seeds']} seeds:"
    rows = {word: game["options"].get(word) for word in words}
    yield f"  {'none of these':<24}{row_of(game['none'])}"
    for word in sorted(rows, key=lambda word: -(rows[word] or game["none"])["mean"]):
        yield f"  {word:<24}{row_of(rows[word])}"


def row_of(measured: dict[str, Any] | None) -> str:
    """A measured cell with its interval: `7.8 (7.5 to 8.0)`."""
    if measured is None:
        return "not measured at its present defaults"
    low, high = measured["interval"]
    return f"{measured['mean']:.1f} ({low:.1f} to {high:.1f})"

"""Scalars left on the device until the next log line, and what they tell of dead replicas."""

from collections.abc import Callable
from itertools import count
from typing import NamedTuple

import torch

from mcgan.engine.scalars import Scalars
from mcgan.types import Player, Tensors

Seen = list[tuple[Player, Scalars]]  # the turns of one step


class Casualty(NamedTuple):
    """Where a replica stopped being finite."""

    replica: int
    step: int
    player: str
    term: str


class Clock:
    """The time that steps have taken since it was last read, in this process."""

    def __init__(self) -> None:
        self.seconds, self.steps = 0.0, 0

    def add(self, seconds: float, steps: int = 1) -> None:
        """Counts seconds in which so many steps were made."""
        self.seconds, self.steps = self.seconds + seconds, self.steps + steps

    def read(self) -> float:
        """Milliseconds a step; it begins anew."""
        pace = self.seconds / self.steps * 1e3
        self.seconds, self.steps = 0.0, 0
        return pace


class Window:
    """The steps since the last log line, kept as tensors: (turns, N) by tag once read."""

    def __init__(self, first: int = 0, held: Tensors | None = None) -> None:
        self.first = first  # steps done before this window
        self.held = held or {}  # what an earlier process saw of it, tag -> (turns, N)
        self.steps: list[Seen] = []

    def add(self, seen: Seen) -> None:
        """Takes the scalars of a step, which stay on the device."""
        self.steps.append(seen)

    def hold(self, columns: Tensors) -> None:
        """Take in what others have seen of this window, after what it has."""
        self.held = self.columns_with(columns)

    def columns_with(self, fresh: Tensors) -> Tensors:
        """The columns (turns, N) that were held, each with the fresh one of its tag after it."""
        return {
            tag: torch.cat([part[tag] for part in (self.held, fresh) if tag in part])
            for tag in {**self.held, **fresh}
        }

    def columns(self) -> Tensors:
        """Every scalar of the window by 'player/name': (turns of the player, N)."""
        turns: dict[Player, list[Scalars]] = {}
        for player, scalars in (turn for seen in self.steps for turn in seen):
            turns.setdefault(player, []).append(scalars)
        fresh = {
            f"{player}/{name}": column
            for player, each in turns.items()
            for name, column in columns_of(each).items()
        }
        return self.columns_with(fresh)


def columns_of(turns: list[Scalars]) -> Tensors:
    """What each of a player's turns measured, by name: (turns, N), on the CPU."""
    rows = torch.stack([scalars.rows for scalars in turns], 1).cpu()
    return dict(zip(turns[0].names, rows.reshape(*rows.shape[:2], -1), strict=True))


def means(columns: Tensors) -> dict[str, list[float]]:
    """Per tag and replica the mean over the window; NaN where a replica wasn't finite."""
    return {tag_of(key): values.double().mean(0).tolist() for key, values in columns.items()}


def tag_of(key: str) -> str:
    """'D/score_real' -> 'score/real', 'G/loss' -> 'loss/G', 'D/r1' -> 'term/D_r1'."""
    player, _, name = key.partition("/")
    if name.startswith("score_"):
        return name.replace("_", "/", 1)
    return f"{name}/{player}" if name in ("loss", "grad_norm") else f"term/{player}_{name}"


def casualties(
    columns: Tensors, first: int, turns: Callable[[int], list[Player]]
) -> list[Casualty]:
    """Each replica's first non-finite scalar of a window that begins after step ``first``.

    ``turns`` are the players of a step, steps counted from 0.
    """
    found: dict[int, list[tuple[int, int, Casualty]]] = {}
    for order, (key, values) in enumerate(columns.items()):
        player, _, term = key.partition("/")
        for turn, replica in (~values.isfinite()).nonzero().tolist():
            step = step_of(player, turn, first, turns)
            seen = (step, order, Casualty(replica, step, player, term))
            found.setdefault(replica, []).append(seen)
    return [min(found[replica])[2] for replica in sorted(found)]


def step_of(player: str, turn: int, first: int, turns: Callable[[int], list[Player]]) -> int:
    """The step, counted from 1, of a player's turn, counted from 0 after step ``first``."""
    had = 0
    for step in count(first):
        had += sum(each == player for each in turns(step))
        if had > turn:
            return step + 1
    raise AssertionError("steps never end")

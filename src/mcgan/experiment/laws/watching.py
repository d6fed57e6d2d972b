"""Hooks that are watched while they run: what they keep in Python, and what they write in place."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from mcgan.experiment.laws.holding import require
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn

WATCHED = ("latent", "fakes", "view", "opponent", "weigh", "d_term", "g_term", "after")
MODULE = vars(nn.Module()).keys()  # attributes that torch needs itself
Look = Callable[[Strategy, dict[str, Any]], dict[str, Any]]  # what a hook must leave as it is
Complain = Callable[[str, str], str]  # hook, name of what it changed -> sentence


def watch(game: Game, look: Look, complain: Complain) -> None:
    """From now on each hook of a turn is looked at before and after it runs.

    One that changes what is seen raises LawBroken.
    """
    for strategy in game.chain.strategies:
        for name in WATCHED:
            if getattr(type(strategy), name) is not getattr(Strategy, name):
                setattr(strategy, name, watched(game, strategy, name, look, complain))


def watched(
    game: Game, strategy: Strategy, hook: str, look: Look, complain: Complain
) -> Callable[..., Any]:
    """A strategy's hook that raises LawBroken where it changes what is seen."""
    run = getattr(strategy, hook)

    def call(*given: Any) -> Any:
        held = {"the game": game.tensors(), "what it was given": list(map(open_turn, given))}
        before = look(strategy, held)
        result = run(*given)
        now = look(strategy, held)
        changed = sorted(
            name for name in before.keys() | now.keys() if before.get(name) != now.get(name)
        )
        require(not changed, complain(hook, changed[0] if changed else ""))
        return result

    return call


def open_turn(given: Any) -> Any:
    """What a hook may read of an argument; of a turn also both outputs of its critic."""
    if not isinstance(given, Turn):
        return given
    return {
        "real": given.real,
        "fake": given.fake,
        "raw_real": given.raw_real,
        "raw_fake": given.raw_fake,
        "moment": given.moment,
        "on_real": given.on_real,
        "on_fake": given.on_fake,
    }


def see_attributes(strategy: Strategy, held: dict[str, Any]) -> dict[str, Any]:
    """A strategy's own attributes, its buffers by identity."""
    plain = {name: freeze(value) for name, value in vars(strategy).items() if name not in MODULE}
    return plain | {name: id(tensor) for name, tensor in strategy.named_buffers(recurse=False)}


def see_versions(strategy: Strategy, held: dict[str, Any]) -> dict[str, int]:
    """How often each tensor of the game and of a hook's arguments has been written in place."""
    named = {**dict(find_tensors(held["what it was given"])), **held["the game"]}
    return {name: tensor._version for name, tensor in named.items()}


def find_tensors(value: Any, name: str = "") -> Iterator[tuple[str, Tensor]]:
    """Every tensor in mappings, sequences and named tuples, by its place in them."""
    if isinstance(value, Tensor):
        yield name, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from find_tensors(each, str(key))
    elif isinstance(value, (list, tuple)):
        names = getattr(value, "_fields", [""] * len(value))
        for field, each in zip(names, value, strict=True):
            yield from find_tensors(each, ".".join(filter(None, (name, field))))


def freeze(value: Any) -> Any:
    """A value to compare later: containers by what is in them, objects by identity."""
    if isinstance(value, dict):
        return {key: freeze(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [freeze(each) for each in value]
    if isinstance(value, torch.Tensor):
        return id(value), value._version
    return value if isinstance(value, (bool, int, float, str)) else id(value)

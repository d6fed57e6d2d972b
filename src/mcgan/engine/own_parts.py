"""What a game in somebody's own loop is built of: the command line's words, objects, examples."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Generator, Tensor

from mcgan.config.build import build
from mcgan.config.compose import compose
from mcgan.dataset.data_units import from_numpy
from mcgan.errors import UserError
from mcgan.gan.strategy import Strategy
from mcgan.objective import Objective
from mcgan.optim import Optim

Reg = str | Sequence[str | Strategy]
DrawData = Callable[[int, Generator], Tensor]
OWN = ("reg", "objective", "optim")  # what words may set: the rest is the loop's own


class Parts(NamedTuple):
    """Everything of a game but its networks and its data."""

    objective: Objective
    strategies: dict[str, Strategy]
    optim: Optim


def build_parts(objective: str | Objective, reg: Reg, words: Sequence[str]) -> Parts:
    """Parts by the words of the command line; objects stay as they are, strategies come last.

    Raises UserError for what the command line would refuse, and for words about other groups.
    """
    named, settings, given = sort_reg(reg)
    chosen = [f"objective={objective}"] if isinstance(objective, str) else []
    chosen += [f"reg=[{','.join(named)}]"] if named else []
    config = compose("name=own", *chosen, *map(check_word, [*settings, *words])).config
    found = {name: build(node, Strategy, f"reg.{name}") for name, node in config["reg"].items()}
    optim = build(config["optim"], Optim, "optim")  # type: ignore[type-abstract]
    if isinstance(objective, str):
        objective = build(config["objective"], Objective, "objective")  # type: ignore[type-abstract]
    return Parts(objective, add_given(found, given), optim)


def sort_reg(reg: Reg) -> tuple[list[str], list[str], list[Strategy]]:
    """The options' names, the settings and the objects of ``reg``: "r1", "[r1,ema]" or a list."""
    items: Sequence[Any] = reg.strip("[] ").split(",") if isinstance(reg, str) else reg
    words = [item.strip() for item in items if isinstance(item, str) and item.strip()]
    settings = [word for word in words if is_setting(word)]
    given = [item for item in items if not isinstance(item, str)]
    for item in given:
        if not isinstance(item, Strategy):
            raise UserError(
                f"reg: {item!r} is no strategy: give names such as 'r1', settings such "
                "as 'reg.r1.gamma=10', or objects of mcgan.Strategy"
            )
    return [word for word in words if not is_setting(word)], settings, given


def is_setting(word: str) -> bool:
    """Whether a word sets or deletes something, and is no option's name."""
    return "=" in word or word.startswith("~")


def check_word(word: str) -> str:
    """The word. Raises UserError for one of a group that an own loop does not use."""
    group = word.lstrip("~+").partition("=")[0].partition(".")[0].partition("@")[0]
    if group not in OWN:
        raise UserError(
            f"{word!r} says nothing to a loop of your own, whose nets, data and steps "
            f"are arguments: use words of {', '.join(OWN)}"
        )
    return word


def add_given(named: dict[str, Strategy], given: Sequence[Strategy]) -> dict[str, Strategy]:
    """All strategies by name; an object's name is its class's in lower case."""
    found = dict(named)
    for strategy in given:
        name = type(strategy).__name__.lower()
        if name in found:
            raise UserError(
                f"reg: there are two strategies named {name}: use one of the two, or a "
                "class of another name"
            )
        found[name] = strategy
    return found


def find_shape(draw: DrawData, generator: Generator) -> tuple[int, ...]:
    """The shape of one example. Raises UserError where examples have none."""
    found = tuple(draw(1, generator).shape)
    if len(found) < 2:
        raise UserError(
            f"data: one example comes as {found}, and a batch (1, *S) is wanted: give "
            "examples (N, *S) or a function n -> (n, *S)"
        )
    return found[1:]


def draw_by(data: Any) -> DrawData:
    """A function (n, generator) -> real examples (n, *S), by a function of n or by examples.

    Of examples (N, *S), a tensor or an array, random rows are drawn with replacement.
    """
    if callable(data):
        return lambda n, generator: read_examples(data(n))
    examples = read_examples(data)
    return lambda n, generator: examples[torch.randint(len(examples), (n,), generator=generator)]


def read_examples(data: Any) -> Tensor:
    """Examples as a tensor. Raises UserError for what is no tensor or array of numbers."""
    try:
        return data if isinstance(data, Tensor) else from_numpy(data)
    except UserError as error:
        raise UserError(
            f"data: {type(data).__name__} is no tensor or array of examples: give one, "
            f"or a function n -> n real examples ({error})"
        ) from error

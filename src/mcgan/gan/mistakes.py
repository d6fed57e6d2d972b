"""Mistakes in a strategy's class and in what its hooks return, each as one sentence."""

import difflib
import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor

from mcgan.errors import UserError
from mcgan.gan.strategy import Strategy
from mcgan.types import Draw, Tensors

DECORATOR = "put @dataclass(eq=False, repr=False) above it"
HOOKS: dict[str, Callable[..., Any]] = {
    name: hook
    for name, hook in vars(Strategy).items()
    if inspect.isfunction(hook) and not name.startswith("_")
}


def check_class(cls: type[Strategy]) -> None:
    """Raises UserError for a class that is declared in a way that cannot work."""
    declared = inspect.get_annotations(cls).keys() - {"owner", "off", "copies"}
    if declared and "__dataclass_fields__" not in vars(cls):
        raise UserError(f"{cls.__name__} declares no settings of its own: {DECORATOR}")
    if cls.__hash__ is None:
        raise UserError(f"{cls.__name__} cannot be told from its equals: {DECORATOR}")
    for name, method in vars(cls).items():
        meant = find_meant_hook(name) if inspect.isfunction(method) else ""
        if meant and getattr(cls, meant) is getattr(Strategy, meant):
            raise UserError(f"{cls.__name__}: {name} is no hook; did you mean {meant}?")


@functools.cache  # Every game of every seed asks for the same names.
def find_meant_hook(name: str) -> str:
    """The hook whose name is near to that of a public method which is none, or nothing."""
    if name.startswith("_") or hasattr(Strategy, name):
        return ""
    return next(iter(difflib.get_close_matches(name, HOOKS, n=1, cutoff=0.9)), "")


def check_built(where: str, strategy: Strategy) -> None:
    """Raises UserError for a strategy whose own ``__post_init__`` leaves it half built."""
    check_class(type(strategy))
    if not hasattr(strategy, "more"):
        raise UserError(f"{where}: its __post_init__ must begin with super().__post_init__()")


def check_draws(where: str, drawn: Mapping[str, Any]) -> None:
    """Raises UserError for random numbers that are not declared by a Draw."""
    for what, draw in drawn.items():
        if not isinstance(draw, Draw):
            raise UserError(
                f"{where}: noise gives {describe(draw)} for {what!r}, and wants a "
                "Draw of a shape and a kind"
            )
        if draw.kind not in ("uniform", "normal"):
            raise UserError(f"{where}: noise: a Draw is uniform or normal, not {draw.kind!r}")


def check_term(where: str, hook: str, term: Any) -> None:
    """Raises UserError for a term that is no tensor of one number, or None."""
    if term is None:
        return
    if not isinstance(term, Tensor):
        raise UserError(
            f"{where}: {hook} returns {describe(term)}, and a term is a tensor () or None"
        )
    if term.dim():
        raise UserError(
            f"{where}: {hook} returns the shape {tuple(term.shape)}, and a term is "
            "one number: take .mean()"
        )


def check_changed(where: str, changed: Any, tensors: Tensors) -> None:
    """Raises UserError for what 'after' returns and no tensor of the game can take."""
    if not isinstance(changed, dict):
        raise UserError(
            f"{where}: after returns {describe(changed)}, and wants a dict of new "
            "values by tensor name: {} for nothing"
        )
    for name, value in changed.items():
        if name not in tensors:
            raise UserError(
                f"{where}: after returns {name!r}, but there is no tensor of that "
                f"name: {hint_name(where, name, tensors)}"
            )
        if not isinstance(value, Tensor) or value.shape != tensors[name].shape:
            raise UserError(
                f"{where}: after returns {describe(value)} for {name!r}, which has "
                f"the shape {tuple(tensors[name].shape)}"
            )


def hint_name(where: str, name: str, tensors: Tensors) -> str:
    """What to write instead of a name that is none."""
    if f"{where}.{name}" in tensors:
        return f"use self.key({name!r})"
    return "make it in setup by register_buffer, and use self.key of its name"


def describe(value: Any) -> str:
    """A value that is not what it should be, in words."""
    if isinstance(value, Tensor):
        return f"the shape {tuple(value.shape)}"
    return "None" if value is None else f"a {type(value).__name__}"

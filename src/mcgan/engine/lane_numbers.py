"""The numbers in which games of one structure differ, and how each lane of a trainer gets its own.

Games are compared as they are built, attribute by attribute. So a number that a strategy makes of
its settings is found as its settings are. A rate of a rule around the optimiser is such a number.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from enum import Enum
from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any, NamedTuple, TypeVar

import torch
from torch import Tensor, nn

from mcgan.types import Tensors

Found = TypeVar("Found")
SAME = (
    int,
    str,
    bytes,
    type(None),
    type,
    ModuleType,
    Enum,
    torch.dtype,
    torch.device,
    BuiltinFunctionType,
)  # what must be equal in all lanes
PASSED = {"notes", "autodiff"}  # what the log says, and what a trainer sets
HOOKS = ("_forward_hooks", "_forward_pre_hooks")
OF_TORCH = {*vars(nn.Module())} - {"training"}


class Unlike(Exception):
    """Games that cannot be lanes of one trainer, and where they differ."""


class Place(NamedTuple):
    """Where a number lies: an attribute of an object, or an entry of a list or a dict."""

    owner: Any
    key: Any

    def put(self, value: Any) -> None:
        """Writes a value into this place, also of a frozen object."""
        if isinstance(self.owner, (list, dict)):
            self.owner[self.key] = value
        else:
            object.__setattr__(self.owner, self.key, value)


class LaneNumber(NamedTuple):
    """A number of the first game that others have another value of."""

    where: str  # such as ``reg.r1.gamma``
    values: tuple[float, ...]  # one for each lane
    place: Place  # in the first game


class Differences(NamedTuple):
    """The numbers in which the lanes of a trainer differ: of their games, and of their rules."""

    of_game: Sequence[LaneNumber] = ()
    of_rules: Sequence[LaneNumber] = ()


ALIKE = Differences()


class LaneTensors(NamedTuple):
    """Every lane's values of the numbers in which they differ, by name."""

    of_game: Tensors  # (N,)
    of_rules: Tensors  # (N, 1): beside each lane's packed parameters


def with_numbers(
    numbers: Sequence[LaneNumber], values: Tensors, function: Callable[..., Found], *given: Any
) -> Found:
    """``function(*given)`` while the first game has other ``values``, by their names."""
    for number in numbers:
        number.place.put(values[number.where])
    try:
        return function(*given)
    finally:
        for number in numbers:
            number.place.put(number.values[0])


def stack_numbers(numbers: Sequence[LaneNumber], like: Tensor) -> Tensors:
    """The values of all lanes by name, (N,) each, of the type of ``like``."""
    return {number.where: like.new_tensor(number.values) for number in numbers}


def stack_differences(differences: Differences, like: Tensor, exact: Tensor) -> LaneTensors:
    """All values, those of games in the type of ``like``, those of rules in that of ``exact``."""
    rates = stack_numbers(differences.of_rules, exact)
    return LaneTensors(
        stack_numbers(differences.of_game, like),
        {where: values[:, None] for where, values in rates.items()},
    )


def find_numbers(games: Sequence[Any]) -> list[LaneNumber]:
    """The numbers in which games differ. Raises Unlike where they differ in more than that."""
    return [*ParallelWalk().walk([*games], "", None)]


class ParallelWalk:
    """A walk over all that can be reached from several games, in step."""

    def __init__(self) -> None:
        self.seen: dict[int, list[Any]] = {}  # kept alive, or another object could get its id

    def walk(self, parts: list[Any], where: str, place: Place | None) -> Iterator[LaneNumber]:
        """The numbers at and below a place of the first game, which can be None: fixed."""
        first = parts[0]
        if all(part is first for part in parts):
            return
        require(all(type(part) is type(first) for part in parts), where)
        if isinstance(first, float):
            yield from self.number(parts, where, place)
        elif isinstance(first, SAME):
            require(all(part == first for part in parts), where)
        elif isinstance(first, Tensor):
            require(all(torch.equal(part, first) for part in parts), where)
        elif id(first) in self.seen:  # an object of several places must be one in all games
            require(all(a is b for a, b in zip(self.seen[id(first)], parts, strict=True)), where)
        else:
            self.seen[id(first)] = parts
            for inner, name, at in members(parts, where):
                yield from self.walk(inner, name, at)

    def number(self, parts: list[float], where: str, place: Place | None) -> Iterator[LaneNumber]:
        """The number at this place with every lane's value, if they differ.

        Raises Unlike if it cannot be changed there.
        """
        if len({*parts}) > 1:
            if place is None:
                raise Unlike(where)
            yield LaneNumber(where, tuple(parts), place)


Member = tuple[list[Any], str, Place | None]


def members(parts: list[Any], where: str) -> Iterator[Member]:
    """What objects of one type are made of, member by member."""
    first = parts[0]
    if isinstance(first, Mapping):
        require(all(list(part) == list(first) for part in parts), where)
        for key in first:
            at = Place(first, key) if isinstance(first, dict) else None
            yield [part[key] for part in parts], join(where, key), at
    elif isinstance(first, (list, tuple)):
        require(all(len(part) == len(first) for part in parts), where)
        for i, each in enumerate(zip(*parts, strict=True)):
            yield [*each], join(where, i), Place(first, i) if isinstance(first, list) else None
    elif isinstance(first, (FunctionType, MethodType, partial)):
        yield [open_function(part) for part in parts], where, None
    elif hasattr(first, "__dict__") or hasattr(first, "__slots__"):
        yield from attributes(parts, where)
    else:
        require(all(equal(part, first) for part in parts), where)


def attributes(parts: list[Any], where: str) -> Iterator[Member]:
    """What objects hold, attribute by attribute, with the place of each value."""
    found = [read_attributes(part) for part in parts]
    require(all(each.keys() == found[0].keys() for each in found), where)
    for name in found[0]:
        yield [each[name] for each in found], join(where, name), Place(parts[0], name)


def read_attributes(part: Any) -> dict[str, Any]:
    """An object's attributes by name; of a module's own tensors the shapes and types."""
    held = dict(getattr(part, "__dict__", {}))
    slots = (slot for cls in type(part).__mro__ for slot in getattr(cls, "__slots__", ()))
    held |= {slot: getattr(part, slot) for slot in slots if hasattr(part, slot)}
    held = {name: value for name, value in held.items() if name not in PASSED}
    if not isinstance(part, nn.Module):
        return held
    plain = {name: value for name, value in held.items() if name not in OF_TORCH}
    shapes = [f"{name} {t.dtype} {tuple(t.shape)}" for name, t in own_tensors(part)]
    hooks = [[*getattr(part, name).values()] for name in HOOKS]
    return {**held["_modules"], **plain, "tensors": tuple(shapes), "hooks": tuple(hooks)}


def own_tensors(module: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """The parameters and buffers of a module by name, without those of modules within it."""
    yield from module.named_parameters(recurse=False)
    yield from module.named_buffers(recurse=False)


def open_function(function: Any) -> tuple[Any, ...]:
    """What a function, a method or a partial holds besides its code."""
    if isinstance(function, MethodType):
        return (function.__self__, function.__func__)
    if isinstance(function, partial):
        return (function.func, function.args, function.keywords)
    cells = tuple(cell.cell_contents for cell in function.__closure__ or ())
    return (id(function.__code__), function.__defaults__, function.__kwdefaults__, cells)


def equal(a: Any, b: Any) -> bool:
    """Whether objects say that they are equal; those that cannot say are not."""
    with suppress(Exception):
        return bool(a == b)
    return False


def join(where: str, key: Any) -> str:
    """The name of a part within a whole, joined by a dot."""
    return f"{where}.{key}".lstrip(".")


def require(like: bool, where: str) -> None:
    """Raises Unlike, which names the place, unless the lanes are alike there."""
    if not like:
        raise Unlike(where)

"""Choices and bounds of settings, declared in the types of a dataclass's fields.

    policy: Literal["fifo", "reservoir", "exp"] = "fifo"
    size: Annotated[int, AtLeast(1)] = 2048
    probability: Annotated[float, AtLeast(0), AtMost(1)] = 0.5
    weight: Annotated[Any, Scheduled, AtLeast(0)] = 10.0  # a number or a schedule
    cap: Annotated[float, Above(0)] | None = None

``build``, the class itself, ``mcgan list`` and the cards of the strategies all read them here.
"""

import functools
import operator
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, field, fields, make_dataclass
from enum import Enum
from itertools import chain
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

from mcgan.errors import check_finite


def spell_number(value: float) -> str:
    """A whole number with all of its digits, another with the first six."""
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


@dataclass(frozen=True)
class Bound:
    """A limit of a number."""

    limit: float
    words: ClassVar[str]

    def allows(self, value: float) -> bool:
        """Whether a number keeps it; not a number keeps none."""
        raise NotImplementedError

    def __str__(self) -> str:
        return f"{self.words} {spell_number(self.limit)}"


class AtLeast(Bound):
    """A lower limit that is allowed itself."""

    words = "at least"

    def allows(self, value: float) -> bool:
        return value >= self.limit


class AtMost(Bound):
    """An upper limit that is allowed itself."""

    words = "at most"

    def allows(self, value: float) -> bool:
        return value <= self.limit


class Above(Bound):
    """A lower limit that is not allowed itself."""

    words = "above"

    def allows(self, value: float) -> bool:
        return value > self.limit


class Below(Bound):
    """An upper limit that is not allowed itself."""

    words = "below"

    def allows(self, value: float) -> bool:
        return value < self.limit


class Scheduled:
    """Marks a number that may be a schedule; bounds then hold for both of its ends."""


@dataclass(frozen=True)
class Setting:
    """What a class declares of one of its settings."""

    name: str
    kind: Any  # its type without choices and bounds, as OmegaConf takes it
    choices: tuple[Any, ...] = ()
    bounds: tuple[Bound, ...] = ()
    scheduled: bool = False
    optional: bool = False  # null is allowed

    def read(self, value: Any) -> Any:
        """The value, a number or a schedule if it is ``scheduled``. Raises ValueError, in a
        sentence that names the setting, for what is not declared."""
        if value is None and self.optional:
            return None
        if self.choices and value not in self.choices:
            raise ValueError(f"{self.name} must be {self.range()}, not {value!r}")
        if self.scheduled:
            return self._read_schedule(value)
        if self.bounds:
            self._check(self.name, value)
        check_finite(self.name, value)
        return value

    def _read_schedule(self, value: Any) -> Any:
        from mcgan.schedule import Schedule, number  # imports torch

        found = number(value, self.name)
        ends = (
            {f"{self.name}.from": found.start, f"{self.name}.to": found.end}
            if isinstance(found, Schedule)
            else {self.name: found}
        )
        for name, end in ends.items():
            self._check(name, end)
        return found

    def _check(self, name: str, value: Any) -> None:
        if not isinstance(value, (int, float)):
            raise ValueError(f"{name} must be a number, not {value!r}")
        if not all(bound.allows(value) for bound in self.bounds):
            raise ValueError(f"{name} must be {self.range()}, not {spell_number(value)}")

    def range(self) -> str:
        """Its choices or bounds in words; empty where it is free."""
        if self.choices:
            return f"one of {', '.join(map(spell, self.choices))}"
        return " and ".join(map(str, self.bounds))

    def type_name(self) -> str:
        """What kind of value it takes, in words."""
        return "number or schedule" if self.scheduled else kind_in_words(self.kind)

    def words(self) -> str:
        """All that it may be: type, choices or bounds, and null."""
        said = (
            self.range()
            if self.choices
            else ", ".join(filter(None, (self.type_name(), self.range())))
        )
        return f"{said}, or null" if self.optional else said


KINDS = {
    bool: "true or false",
    int: "whole number",
    float: "number",
    str: "text",
    list: "list",
    dict: "mapping",
}


def kind_in_words(kind: Any) -> str:
    """A plain type as a user would say it."""
    members = [each for each in members_of(kind) if each is not NoneType]
    return " or ".join(KINDS.get(get_origin(each) or each, "any value") for each in members)


def spell(value: Any) -> str:
    """A value as it is typed on the command line."""
    if isinstance(value, Enum):
        return value.name
    return str(value).lower() if isinstance(value, bool) else str(value)


@functools.cache
def read_settings(cls: Any) -> dict[str, Setting]:
    """The settings of a dataclass by name: the fields that its constructor takes."""
    hints = get_type_hints(cls, include_extras=True)
    return {f.name: setting(f.name, hints[f.name]) for f in fields(cls) if f.init}


def setting(name: str, hint: Any) -> Setting:
    """What a type says of the setting that has it."""
    said = list(parts(hint))
    literal = chain.from_iterable(get_args(each) for each in said if get_origin(each) is Literal)
    enums = [each for each in said if isinstance(each, type) and issubclass(each, Enum)]
    return Setting(
        name,
        plain(hint),
        (*literal, *chain.from_iterable(enums)),
        tuple(each for each in said if isinstance(each, Bound)),
        Scheduled in said,
        NoneType in said,
    )


def parts(hint: Any) -> Iterator[Any]:
    """The plain types, literals, bounds and marks that a type is made of."""
    if get_origin(hint) is Annotated:
        yield from parts(get_args(hint)[0])
        yield from hint.__metadata__
    elif len(members_of(hint)) > 1:
        yield from chain.from_iterable(map(parts, members_of(hint)))
    else:
        yield hint


def members_of(hint: Any) -> tuple[Any, ...]:
    """The members of a union; another type is its own only one."""
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def plain(hint: Any) -> Any:
    """A type without choices, bounds and marks."""
    if get_origin(hint) is Annotated:
        return plain(get_args(hint)[0])
    if get_origin(hint) is Literal:
        return type(get_args(hint)[0])
    if len(members_of(hint)) == 1:
        return hint
    members = [plain(each) for each in members_of(hint)]
    return Any if Any in members else functools.reduce(operator.or_, members)


def plain_dataclass(cls: Any) -> type:
    """A dataclass with the settings of another, of types that OmegaConf knows."""
    typed = {name: each.kind for name, each in read_settings(cls).items()}
    return make_dataclass(
        cls.__name__,
        [(f.name, typed[f.name], copy_field(f)) for f in fields(cls) if f.init],
        kw_only=True,
    )


def copy_field(like: Any) -> Any:
    """A field with the default of another."""
    if like.default_factory is not MISSING:
        return field(default_factory=like.default_factory)
    return field() if like.default is MISSING else field(default=like.default)


def check_settings(built: Any, lead: str = "") -> None:
    """Checks every setting of a dataclass's instance and stores those that are schedules as such.

    Raises ValueError with a sentence that names the setting, with ``lead`` before its name.
    """
    cls: Any = type(built)
    for name, each in read_settings(cls).items():
        try:
            value = each.read(getattr(built, name))
        except ValueError as error:
            raise ValueError(f"{lead}{error}") from None
        if each.scheduled:
            setattr(built, name, value)

"""Choices and bounds in the types of a dataclass: what is read of them, and what is refused."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated, Any, Literal

import pytest

from mcgan.config.build import build
from mcgan.config.settings import (
    Above,
    AtLeast,
    AtMost,
    Below,
    Scheduled,
    check_settings,
    plain_dataclass,
    read_settings,
)
from mcgan.errors import UserError
from mcgan.schedule import Schedule

Colour = Enum("Colour", ["red", "blue"])


@dataclass
class Example:
    size: Annotated[int, AtLeast(1)]
    policy: Literal["fifo", "exp"] = "fifo"
    side: Literal[28, 32] = 28
    share: Annotated[float, Above(0), AtMost(1)] = 0.5
    decay: Annotated[float, AtLeast(0), Below(1)] = 0.9
    weight: Annotated[Any, Scheduled, AtLeast(0)] = 1.0
    cap: Annotated[Any, Scheduled, Above(0)] | None = None
    compile: Annotated[bool | str, Literal["auto", True, False]] = "auto"
    colour: Colour = Colour.red
    rows: list[Any] | None = field(default_factory=list)
    flag: bool = True
    made: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        check_settings(self)


@dataclass
class Unchecked(Example):
    def __post_init__(self) -> None:
        """As somebody's class that forgets its base."""


def built(cls: type = Example, **settings: Any) -> Example:
    return build({"_target_": f"{__name__}.{cls.__name__}", **settings}, Example, "reg.x")


def test_what_is_declared_of_each_setting():
    found = read_settings(Example)
    assert "made" not in found
    assert {name: each.range() for name, each in found.items()} == {
        "size": "at least 1",
        "policy": "one of fifo, exp",
        "side": "one of 28, 32",
        "share": "above 0 and at most 1",
        "decay": "at least 0 and below 1",
        "weight": "at least 0",
        "cap": "above 0",
        "compile": "one of auto, true, false",
        "colour": "one of red, blue",
        "rows": "",
        "flag": "",
    }
    assert {name: each.words() for name, each in found.items()} == {
        "size": "whole number, at least 1",
        "policy": "one of fifo, exp",
        "side": "one of 28, 32",
        "share": "number, above 0 and at most 1",
        "decay": "number, at least 0 and below 1",
        "weight": "number or schedule, at least 0",
        "cap": "number or schedule, above 0, or null",
        "compile": "one of auto, true, false",
        "colour": "one of red, blue",
        "rows": "list, or null",
        "flag": "true or false",
    }


MISTAKES = [
    ({"size": 0}, "size must be at least 1, not 0"),
    ({"policy": "lifo"}, "policy must be one of fifo, exp, not 'lifo'"),
    ({"side": 30}, "side must be one of 28, 32, not 30"),
    ({"share": 0.0}, "share must be above 0 and at most 1, not 0"),
    ({"share": 1.5}, "share must be above 0 and at most 1, not 1.5"),
    ({"share": float("nan")}, "share must be above 0 and at most 1, not nan"),
    ({"decay": 1.0}, "decay must be at least 0 and below 1, not 1"),
    ({"size": -10_000_000}, "size must be at least 1, not -10,000,000"),
    ({"weight": -1}, "weight must be at least 0, not -1"),
    ({"weight": "much"}, "weight must be a number or {from, to, until, shape}, not 'much'"),
    ({"weight": {"from": 1, "to": -1}}, "weight.to must be at least 0, not -1"),
    ({"weight": None}, "weight must be a number or {from, to, until, shape}, not None"),
    ({"cap": 0}, "cap must be above 0, not 0"),
    ({"compile": "maybe"}, "compile must be one of auto, true, false, not 'maybe'"),
]


@pytest.mark.parametrize(("settings", "sentence"), MISTAKES)
def test_the_class_itself_refuses_in_a_sentence(settings, sentence):
    with pytest.raises(ValueError) as refused:
        Example(**{"size": 1, **settings})
    assert str(refused.value) == sentence


@pytest.mark.parametrize("cls", [Example, Unchecked])
@pytest.mark.parametrize(("settings", "sentence"), MISTAKES)
def test_build_refuses_too_where_the_class_forgets_to(settings, sentence, cls):
    with pytest.raises(UserError) as refused:
        built(cls, **{"size": 1, **settings})
    assert str(refused.value) == f"reg.x: {sentence}"


def test_a_number_of_the_wrong_kind_is_refused_in_python():
    with pytest.raises(ValueError, match="size must be a number, not 'x'"):
        Example(size="x")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "settings",
    [
        {"size": 1},
        {"size": 3, "share": 1.0, "decay": 0.0, "cap": None, "rows": None},
        {"size": 3, "compile": False, "policy": "exp", "side": 32, "colour": "blue"},
    ],
)
def test_what_lies_on_a_bound_is_allowed(settings):
    found = built(**settings)
    assert all(
        getattr(found, name) == value for name, value in settings.items() if name != "colour"
    )


@pytest.mark.parametrize("make", [Example, built])
def test_numbers_and_schedules_are_read(make):
    found = make(size=1, weight="2.5", cap={"from": 1, "to": 0.5})
    assert found.weight == 2.5 and found.cap == Schedule(1.0, 0.5)


def test_a_schedule_made_in_python_is_checked():
    with pytest.raises(ValueError, match=r"weight\.to must be at least 0, not -1"):
        Example(size=1, weight=Schedule(1.0, -1.0))


def test_defaults_are_kept_and_not_shared():
    plain = plain_dataclass(Example)(size=1)
    assert plain.policy == "fifo" and plain.rows == [] and plain.weight == 1.0
    assert plain.rows is not plain_dataclass(Example)(size=1).rows


def test_the_lead_names_the_place():
    example = Example(size=1)
    example.size = 0
    with pytest.raises(ValueError, match=r"^train\.size must be at least 1, not 0"):
        check_settings(example, "train.")

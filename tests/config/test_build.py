"""build(): the class is its own schema, and only a class of the wanted kind is called."""

from abc import ABC
from dataclasses import dataclass, field
from typing import Any

import pytest
from omegaconf import OmegaConf

from mcgan.config.build import build
from mcgan.errors import UserError

CALLED = []


class Strategy(ABC):  # noqa: B024
    pass


@dataclass
class Minibatch(Strategy):
    kernels: int = 20
    weight: Any = 1.0  # a number or a schedule
    form: str = "tensor"
    dims: list[int] = field(default_factory=lambda: [5])
    cap: float | None = None

    def __post_init__(self):
        if self.kernels < 1:
            raise ValueError(f"kernels must be at least 1, not {self.kernels}")


@dataclass
class Needy(Strategy):
    size: int


class Bare(Strategy):
    pass


class Stranger:
    def __init__(self, **settings):
        CALLED.append(settings)


def made(name="Minibatch", **settings):
    node = OmegaConf.create({"_target_": f"{__name__}.{name}", **settings})
    return build(node, Strategy, "reg.m")


def test_defaults_types_and_interpolations():
    assert made() == Minibatch()
    assert made(kernels="7").kernels == 7
    assert made(dims=[3, 4], cap=1).dims == [3, 4]
    assert made(weight={"from": 1, "to": 0}).weight == {"from": 1, "to": 0}
    node = OmegaConf.create({"n": 3, "m": {"_target_": f"{__name__}.Minibatch", "kernels": "${n}"}})
    assert build(node.m, Strategy, "reg.m").kernels == 3


def test_a_plain_dict_will_do():
    assert build({"_target_": f"{__name__}.Needy", "size": 2}, Strategy, "x").size == 2


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"kernel": 3}, r"no setting reg\.m\.kernel; did you mean 'reg\.m\.kernels'\?$"),
        ({"kernels": "many"}, r"reg\.m\.kernels must be a whole number, not 'many'"),
        ({"kernels": 0}, r"reg\.m: kernels must be at least 1, not 0"),
        ({"dims": 3}, r"reg\.m\.dims must be a list"),
        ({"name": "Needy"}, r"reg\.m\.size must be given: add reg\.m\.size=\.\.\."),
        ({"name": "Bare"}, r"'.*Bare' is not a dataclass"),
        ({"name": "Nothing"}, r"reg\.m\._target_: cannot import '.*Nothing'"),
    ],
)
def test_mistakes_are_one_sentence(settings, message):
    with pytest.raises(UserError, match=f"^.*{message}") as raised:
        made(**settings)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "target",
    [
        f"{__name__}.Stranger",
        "os.system",
        "subprocess.run",
        "pathlib.Path.write_text",
        "builtins.eval",
        "no.such.module",
        "plain",
        "",
        ".",
        7,
        None,
        "mcgan..errors",
    ],
)
def test_a_foreign_target_is_refused_before_it_is_called(target):
    with pytest.raises(UserError, match=r"^reg\.m\._target_: "):
        build(OmegaConf.create({"_target_": target, "a": 1}), Strategy, "reg.m")
    assert not CALLED


@pytest.mark.parametrize("node", [None, 3, "minibatch", OmegaConf.create([1])])
def test_an_entry_that_is_no_mapping_is_refused(node):
    with pytest.raises(UserError, match=r"reg\.m must be a mapping"):
        build(node, Strategy, "reg.m")


def test_a_mapping_without_target_is_refused():
    with pytest.raises(UserError, match=r"reg\.m has no _target_"):
        build(OmegaConf.create({"kernels": 3}), Strategy, "reg.m")


def test_what_is_built_of_the_same_settings_shares_nothing():
    one, two = made(dims=[3]), made(dims=[3])
    one.dims.append(4)
    assert two.dims == made(dims=[3]).dims == [3]


def test_values_that_are_equal_stay_what_they_are():
    values = (1, 1.0, True, "1")
    assert [type(made(weight=value).weight) for value in values] == [int, float, bool, str]

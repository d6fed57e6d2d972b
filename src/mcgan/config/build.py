"""Builds the object a config node names: the class is its own schema."""

import copy
import dataclasses
import functools
import importlib
import inspect
import traceback
from pathlib import Path
from typing import Any, TypeVar, cast

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from mcgan.config.messages import describe_value
from mcgan.config.settings import plain_dataclass, read_settings
from mcgan.config.targets import check_target
from mcgan.errors import UserError, near_or_all, one_line

T = TypeVar("T")


def build(node: Any, interface: type[T], where: str) -> T:
    """Instance of the dataclass that `node._target_` names, checked against its fields.

    `where` is the node's place in the config, for messages (`reg.minibatch`).
    Raises UserError: no or a foreign `_target_`, an unknown setting, a wrong type, a value that
    is not declared, or a ValueError of the class's `__post_init__`.
    """
    settings = settings_of(node, where)
    if "_target_" not in settings:
        raise UserError(f"{where} has no _target_, the class to build")
    cls: Any = locate(settings.pop("_target_"), interface, where)
    names = list(read_settings(cls))
    for key in settings:
        if key not in names:
            raise UserError(
                f"no setting {where}.{key}"
                + near_or_all(str(key), names, f"{where} has", f"{where}.")
            )
    try:
        values = copy.deepcopy(typed_values(cls, Said(repr(settings), settings)))
        built: T = cls(**{name: read_settings(cls)[name].read(values[name]) for name in names})
        return built
    except OmegaConfBaseException as error:
        raise UserError(describe_value(f"{where}.{error.full_key}", error)) from error
    except ValueError as error:
        raise UserError(f"{where}: {one_line(error)}") from error


@dataclasses.dataclass(frozen=True)
class Said:
    """Settings of an option; those that read the same are equal."""

    text: str
    settings: dict[Any, Any] = dataclasses.field(compare=False)


@functools.lru_cache(maxsize=1000)  # each replica builds the same strategies
def typed_values(cls: type, said: Said) -> dict[str, Any]:
    """All settings of a class by name, their types checked; nobody changes them."""
    typed = OmegaConf.merge(typed_settings(cls), said.settings)
    return cast(dict[str, Any], OmegaConf.to_container(typed, throw_on_missing=True))


@functools.cache
def typed_settings(cls: type) -> Any:
    """The settings of a class as OmegaConf checks them; merging copies it.

    Making it costs more than all else in building.
    """
    return OmegaConf.structured(plain_dataclass(cls))


def settings_of(node: Any, where: str) -> dict[Any, Any]:
    """The node as a plain dict, interpolations resolved."""
    plain = OmegaConf.to_container(node, resolve=True) if isinstance(node, DictConfig) else node
    if not isinstance(plain, dict):
        raise UserError(f"{where} must be a mapping with a _target_, not {plain!r}")
    return dict(plain)


def locate(target: Any, interface: type, where: str) -> type:
    """The class `target` names, if it is a dataclass that implements `interface`."""
    found = find_attribute(target, where)
    if not (isinstance(found, type) and issubclass(found, interface)):
        wanted = f"{interface.__module__}.{interface.__qualname__}"
        raise UserError(f"{where}._target_: {target!r} is not a subclass of {wanted}")
    if not dataclasses.is_dataclass(found):
        raise UserError(f"{where}._target_: {target!r} is not a dataclass")
    if inspect.isabstract(found):
        missing = ", ".join(sorted(found.__abstractmethods__))
        raise UserError(f"{where}: {target} does not implement {missing}: give the class this much")
    return found


def find_attribute(target: Any, where: str) -> Any:
    """What `target` names, its module imported. Raises UserError also for errors in the module."""
    module, _, name = str(target).rpartition(".")
    check_target(str(target), where)
    try:
        if not module:
            raise ImportError("a module is wanted before the dot, as in 'mine.Rings'")
        home = importlib.import_module(module)
        if not hasattr(home, name):
            raise ImportError(f"module {module!r} has no {name!r}")
        return getattr(home, name)
    except ImportError as error:
        why = f"cannot import {target!r} ({one_line(error)})"
        raise UserError(f"{where}._target_: {why}") from error
    except Exception as error:
        why = f"{type(error).__name__}: {one_line(error)}{place_in_module(error)}"
        raise UserError(f"{where}._target_: importing {module!r} failed: {why}") from error


def place_in_module(error: Exception) -> str:
    """The file and line at which a module's own code raised; a SyntaxError says it by itself."""
    inner = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename not in (__file__, importlib.__file__)
        and not frame.filename.startswith("<frozen")
    ]
    if isinstance(error, SyntaxError) or not inner:
        return ""
    line = [frame.lineno for frame in inner if frame.filename == inner[0].filename][-1]
    return f" ({Path(inner[0].filename).name}, line {line})"

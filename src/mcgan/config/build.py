"""Builds the object a config node names: the class is its own schema."""

import dataclasses
import importlib
from typing import Any, TypeVar, cast

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from mcgan.config.messages import describe_value
from mcgan.config.settings import plain_dataclass, read_settings
from mcgan.errors import UserError, near, one_line

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
            raise UserError(f"no setting {where}.{key}{near(str(key), names)} "
                            f"({where} has: {', '.join(names)})")
    try:
        typed = OmegaConf.merge(OmegaConf.structured(plain_dataclass(cls)), settings)
        values = cast(dict[str, Any], OmegaConf.to_container(typed, throw_on_missing=True))
        built: T = cls(**{name: read_settings(cls)[name].read(values[name]) for name in names})
        return built
    except OmegaConfBaseException as error:
        raise UserError(describe_value(f"{where}.{error.full_key}", error)) from error
    except ValueError as error:
        raise UserError(f"{where}: {one_line(error)}") from error


def settings_of(node: Any, where: str) -> dict[Any, Any]:
    """The node as a plain dict, interpolations resolved."""
    plain = OmegaConf.to_container(node, resolve=True) if isinstance(node, DictConfig) else node
    if not isinstance(plain, dict):
        raise UserError(f"{where} must be a mapping with a _target_, not {plain!r}")
    return dict(plain)


def locate(target: Any, interface: type, where: str) -> type:
    """The class `target` names, if it is a dataclass that implements `interface`."""
    module, _, name = str(target).rpartition(".")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError, TypeError) as error:
        why = f"cannot import {target!r} ({one_line(error)})"
        raise UserError(f"{where}._target_: {why}") from error
    if not (isinstance(found, type) and issubclass(found, interface)):
        wanted = f"{interface.__module__}.{interface.__qualname__}"
        raise UserError(f"{where}._target_: {target!r} is not a subclass of {wanted}")
    if not dataclasses.is_dataclass(found):
        raise UserError(f"{where}._target_: {target!r} is not a dataclass")
    return found

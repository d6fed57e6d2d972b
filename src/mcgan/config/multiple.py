"""Defaults that are a multiple of another setting: `lr: ${times:${..lr},12}`."""

import re
from collections.abc import Mapping
from typing import Any

from mcgan.config import data_kind
from mcgan.config.naming import register_resolver

INTERPOLATION = re.compile(r"\$\{times:\$\{\.*(\w+)\},([^{}]*)\}")
FACTOR = re.compile(r"\d[\d.e-]*")  # one, or one for vectors and one for images
ENDS = ("from", "to")  # of a schedule


def register() -> None:
    """Makes `${times:...}` known to the YAMLs."""
    register_resolver("times", times)


def times(value: Any, factor: float) -> Any:
    """A number, or both ends of a schedule, times the factor; whatever else comes is left alone.

    >>> times({"from": 1e-3, "to": 0.0, "shape": "cosine"}, 2)
    {'from': 0.002, 'to': 0.0, 'shape': 'cosine'}
    """
    if isinstance(value, Mapping):
        return {key: times(v, factor) if key in ENDS else v for key, v in value.items()}
    return value * factor if isinstance(value, (int, float)) else value


def say(default: str) -> str:
    """A default as people read it, as `lr times 12; images: lr times 1`."""
    plain = data_kind.say(default)
    return INTERPOLATION.sub(lambda found: FACTOR.sub(f"{found[1]} times \\g<0>", found[2]), plain)

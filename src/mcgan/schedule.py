"""A setting that changes over the run: ``{from: 1.0, to: 0.1, until: 0.2, shape: cosine}``."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from mcgan.errors import check_finite

SHAPES: dict[str, Callable[[Tensor], Tensor]] = {  # progress 0..1 -> share of the way 0..1
    "linear": lambda t: t,
    "cosine": lambda t: (1 - torch.cos(math.pi * t)) / 2,
    "step": lambda t: (t >= 1).to(t.dtype),
}


@dataclass(frozen=True)
class Schedule:
    """Goes from ``start`` to ``end`` during the first ``until`` (share) of the run, then stays."""

    start: float
    end: float
    until: float = 1.0
    shape: str = "linear"

    def __post_init__(self) -> None:
        if self.shape not in SHAPES:
            raise ValueError(f"shape must be one of {', '.join(SHAPES)}, not {self.shape!r}")
        if not 0 < self.until <= 1:
            raise ValueError(f"until is a share of the run, above 0 to 1, not {self.until}")

    def at(self, progress: Tensor) -> Tensor:
        """The value at ``progress`` (0-dim, share of the run done)."""
        way = SHAPES[self.shape]((progress / self.until).clamp(max=1.0))
        return self.start + (self.end - self.start) * way


Number = float | Schedule


def number(value: Any, name: str, low: float = -math.inf, high: float = math.inf) -> Number:
    """A float or a Schedule from a config value, each end between ``low`` and ``high``.

    A schedule whose ends are equal never changes, so it is its number. Raises ValueError with a
    sentence that names the setting.

    >>> mcgan.number({"from": 10, "to": 0.1}, "gamma").start
    10.0
    >>> mcgan.number({"from": 10, "to": 10}, "gamma")
    10.0
    """
    if isinstance(value, Schedule):
        return value
    if isinstance(value, Mapping):
        return _schedule(value, name, low, high)
    return _plain(value, name, low, high)


def _plain(value: Any, name: str, low: float, high: float) -> float:
    try:
        if isinstance(value, bool):
            raise TypeError
        plain = float(value)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} must be a number or {{from, to, until, shape}}, not {value!r}"
        ) from None
    check_finite(name, plain)
    if not low <= plain <= high:
        bound = f"at most {high:g}" if plain > high else f"at least {low:g}"
        raise ValueError(f"{name} must be {bound}, not {plain:g}")
    return plain


def _schedule(value: Mapping[str, Any], name: str, low: float, high: float) -> Number:
    unknown = value.keys() - {"from", "to", "until", "shape"}
    if unknown or not {"from", "to"} <= value.keys():
        raise ValueError(f"{name}: a schedule is {{from, to, until, shape}}, not {dict(value)}")
    ends = [_plain(value[key], f"{name}.{key}", low, high) for key in ("from", "to")]
    rest = {key: value[key] for key in ("until", "shape") if key in value}
    try:
        schedule = Schedule(*ends, **rest)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: {error}") from None
    return schedule if schedule.start != schedule.end else schedule.start


def write_schedule(schedule: Mapping[str, Any]) -> str:
    """A schedule as one types it: `{from: 0.001, to: 0, until: 1, shape: cosine}`."""
    texts = {
        key: f"{value:.3g}" if isinstance(value, float) else str(value)
        for key, value in schedule.items()
    }
    return "{" + ", ".join(f"{key}: {text}" for key, text in texts.items()) + "}"


def now(setting: Number, progress: Tensor) -> Tensor | float:
    """The setting's value at this progress; a plain number stays one."""
    return setting.at(progress) if isinstance(setting, Schedule) else setting


def fit(number: Any, like: Tensor) -> Any:
    """A number as it is, a tensor of numbers in the type of what it is to be multiplied with."""
    return number.to(like) if isinstance(number, Tensor) else number

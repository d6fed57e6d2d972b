"""What a paper reports of a configuration: the block `published` of conf/experiment/paper/."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, NamedTuple

from mcgan.config.build import build
from mcgan.config.settings import AtLeast, check_settings
from mcgan.errors import near_or_all
from mcgan.metrics.measures import MEASURES

NOTHING: Mapping[str, Any] = {"source": ""}  # where no paper is named


class Figure(NamedTuple):
    """A mean, and what stands behind its ± where the paper has one."""

    mean: float
    spread: float | None = None


@dataclass(frozen=True)
class Published:
    """Source, numbers by the names of our measures, and in what the run here differs.

    ``measures``: a mean, or [mean, spread]; shares from 0 to 1. ``spread`` says of what kind the
    paper's ± is, ``runs`` over how many runs it is; null where the paper does not say.
    """

    source: str  # paper and table
    measures: dict[str, Any] = field(default_factory=dict)
    runs: Annotated[int, AtLeast(1)] | None = None
    spread: Literal["standard deviation", "standard error"] | None = None
    says: str = ""  # what the paper says in words
    differs: list[str] = field(default_factory=list)  # from the paper, a sentence each

    def __post_init__(self) -> None:
        check_settings(self)
        for key, value in self.measures.items():
            check_figure(key, value)

    @property
    def figures(self) -> dict[str, Figure]:
        """The published numbers by measure."""
        return {key: Figure(*numbers(value)) for key, value in self.measures.items()}


def read_published(node: Mapping[str, Any]) -> Published:
    """The block as an object.

    Raises UserError for an unknown key or measure, and for what is no number.
    """
    target = f"{Published.__module__}.{Published.__qualname__}"
    return build({**node, "_target_": target}, Published, "published")


def numbers(value: Any) -> list[Any]:
    """Mean and spread as a list: a bare number has no spread."""
    return list(value) if isinstance(value, list) else [value]


def check_figure(key: str, value: Any) -> None:
    """Raises ValueError for an unknown measure, and for numbers that cannot be of it."""
    if key not in MEASURES:
        raise ValueError(f"measures: there is no measure {key!r}" + near_or_all(key, MEASURES))
    found = numbers(value)
    if not 1 <= len(found) <= 2 or not all(map(is_number, found)):
        raise ValueError(f"measures.{key} must be a number or [mean, spread], not {value!r}")
    if MEASURES[key].percent and not 0 <= found[0] <= 1:
        raise ValueError(f"measures.{key} must be a share from 0 to 1, not {found[0]:g}")


def is_number(value: Any) -> bool:
    """Whether a value of a YAML is a finite number; true and false are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)

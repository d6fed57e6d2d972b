"""The folder of a sweep, and its seeds, which must not overlap."""

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override

from mcgan.config import naming
from mcgan.errors import UserError


def folder(runs_dir: Any, name: Any, seed: int, replicas: int, task: Any, params: Any) -> str:
    """runs_dir/name for a whole sweep. `task` are its overrides, `params` those of a preset.

    Raises UserError when seeds overlap, or a single run already has the name.
    """
    given = [*(f"{key}={value}" for key, value in (params or {}).items()), *task]
    seeds, counts = values_of("seed", given), values_of("replicas", given)
    check_stride(seeds or [seed], max(counts or [replicas]))
    path = naming.folder(runs_dir, name)
    if Path(path, "status.json").exists():
        raise UserError(f"{path} is a single run, it cannot hold a sweep: use another name")
    return path


def values_of(key: str, overrides: Iterable[str]) -> list[int]:
    """All values that a sweep gives to a setting; the last override wins."""
    last = [text for text in overrides if text.partition("=")[0].lstrip("+") == key][-1:]
    found = OverridesParser.create().parse_overrides(last)
    values = [value for override in found for value in every(override)]
    return [int(value) for value in values if str(value).isdecimal()]


def every(override: Override) -> Iterable[Any]:
    return override.sweep_iterator() if override.is_sweep_override() else [override.value()]


def check_stride(seeds: list[int], replicas: int) -> None:
    """Replica i of seed s is the run with seed s + i: overlapping runs would count some twice."""
    distinct = sorted(set(seeds))
    if all(b - a >= replicas for a, b in pairwise(distinct)):
        return
    first, end = distinct[0], distinct[0] + replicas * len(distinct)
    raise UserError(f"seeds {', '.join(map(str, distinct))} overlap with replicas={replicas}: "
                    f"replica i of seed s is the run with seed s + i: use a stride of {replicas}, "
                    f"seed='range({first},{end},{replicas})'")

"""What a run or a sweep is called and where it lies: readable, bounded, never outside runs_dir."""

import hashlib
import os
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import omegaconf
from omegaconf import OmegaConf

from mcgan.errors import UserError

if TYPE_CHECKING:
    from hydra.core.override_parser.types import Override

LIMIT = 120  # characters of a slug, before its digest
LONGEST = 1000  # bytes of a run's path
LONGEST_PART = 200  # bytes of one folder in a run's name: systems take 255
PLACES = {"name", "runs_dir", "resume", "log"}  # where a run lies, and with how many files
TOLD = {"published"}  # what papers report beside a run changes nothing in it
PART = re.compile(r"[\w+][\w.+-]*")  # no brackets, blanks, '=' or ',': safe in shells and filters


def slug(overrides: Iterable[Any]) -> str:
    """A folder name that follows from the overrides: `reg-minibatch+replay_seed-1`.

    Two lists of overrides with one slug compose the same config: a digest is added wherever
    characters were replaced or cut.
    """
    raw = "_".join(sorted(words(overrides))) or "default"
    text = re.sub(r"[^A-Za-z0-9_.+-]+", "-", raw)
    if text == raw and len(text) <= LIMIT:
        return text
    return f"{text[:LIMIT]}-{hashlib.sha1(raw.encode(errors='replace')).hexdigest()[:8]}"


def words(overrides: Iterable[Any]) -> list[str]:
    """The parts of a folder's name that stand for what was typed, without places."""
    parts = []
    for item in map(str, overrides):
        key, _, value = item.partition("=")
        gone, key = key.startswith("~"), key.lstrip("+~")
        if key in PLACES or key.startswith("hydra"):
            continue
        if value.startswith("["):
            value = "+".join(part.strip() for part in value.strip("[]").split(",")) or "none"
        parts.append(f"no-{key}" if gone else f"{key}-{value}")
    return parts


def make_default_name(overrides: Iterable[Any] | None = None) -> str:
    """The default name: what was typed, and the microsecond, so that no two runs share it."""
    typed = re.sub(r"[^A-Za-z0-9_.+-]+", "-", "_".join(words(overrides or [])))[:60].strip("-")
    return f"{typed or 'default'}_{datetime.now():%Y%m%d-%H%M%S-%f}"


def run_folder(runs_dir: Any, name: Any) -> str:
    """runs_dir/name. Raises UserError for a name that could land elsewhere or trip a shell."""
    text = str(name)
    parts = text.split("/")
    if not all(map(PART.fullmatch, parts)):
        raise UserError(
            f"name {text[:80]!r} is no folder name: use letters, digits and _ . + - "
            "(and / for a folder in a folder)"
        )
    root, path = Path(str(runs_dir)), Path(str(runs_dir), text)
    own, whole = (max(len(os.fsencode(p)) for p in each) for each in (parts, path.parts))
    if own > LONGEST_PART or whole > 255 or len(os.fsencode(path)) > LONGEST:
        raise UserError(
            f"runs_dir/name {str(path)[:80]!r}... is too long for a folder: "
            f"use names of at most {LONGEST_PART} letters"
        )
    if "\0" in str(root) or not path.resolve().is_relative_to(root.resolve()):
        raise UserError(f"name {text[:80]!r} leads out of runs_dir {str(root)!r}: use another name")
    return str(path)


def sweep_folder(runs_dir: Any, name: Any, seed: int, replicas: int, task: Any, params: Any) -> str:
    """runs_dir/name for a whole sweep. `task` are its overrides, `params` those of a preset.

    Raises UserError when seeds overlap, or a single run already has the name.
    """
    given = [*(f"{key}={value}" for key, value in (params or {}).items()), *task]
    seeds, counts = values_of("seed", given), values_of("replicas", given)
    check_stride(seeds or [seed], max(counts or [replicas]))
    path = run_folder(runs_dir, name)
    if Path(path, "status.json").exists():
        raise UserError(f"{path} is a single run, it cannot hold a sweep: use another name")
    return path


def values_of(key: str, overrides: Iterable[str]) -> list[int]:
    """All values that a sweep gives to a setting; the last override wins."""
    last = [text for text in overrides if text.partition("=")[0].lstrip("+") == key][-1:]
    from hydra.core.override_parser.overrides_parser import OverridesParser

    found = OverridesParser.create().parse_overrides(last)
    values = [value for override in found for value in list_values(override)]
    return [int(value) for value in values if str(value).isdecimal()]


def list_values(override: "Override") -> Iterable[Any]:
    """The values of a typed setting: those that a sweep walks through, or its single one."""
    return override.sweep_iterator() if override.is_sweep_override() else [override.value()]


def check_stride(seeds: list[int], replicas: int) -> None:
    """Raises UserError where a seed would be trained twice.

    Replica i of seed s is the run with seed s + i, so that seeds need a stride.
    """
    distinct = sorted(set(seeds))
    if all(b - a >= replicas for a, b in pairwise(distinct)):
        return
    first, end = distinct[0], distinct[0] + replicas * len(distinct)
    raise UserError(
        f"seeds {', '.join(map(str, distinct))} overlap with replicas={replicas}: "
        f"replica i of seed s is the run with seed s + i: use a stride of {replicas}, "
        f"seed='range({first},{end},{replicas})'"
    )


def register_resolver(name: str, function: Callable[..., Any], use_cache: bool = False) -> None:
    """Makes `${name:...}` known to the YAMLs."""
    newer = tuple(map(int, omegaconf.__version__.split(".")[:2])) >= (2, 4)
    put: Any = OmegaConf.register_resolver if newer else OmegaConf.register_new_resolver
    put(name, function, replace=True, use_cache=use_cache)


def register() -> None:
    """Makes the resolvers known that conf/config.yaml names a run with."""
    register_resolver("mcgan_slug", slug)
    # The cache gives all jobs of a sweep one name.
    register_resolver("mcgan_name", make_default_name, use_cache=True)

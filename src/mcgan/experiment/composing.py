"""The configuration that the words of the command line mean, composed from Python."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import hydra
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.singleton import Singleton
from hydra.errors import HydraException
from hydra.version import VersionBase
from omegaconf import OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException

from mcgan.config import naming, schema, search_path
from mcgan.config.overrides import checked
from mcgan.config.paths import conf_dir
from mcgan.errors import UserError, explain


def composed(words: Sequence[str]) -> dict[str, Any]:
    """The resolved and checked configuration of one run; Hydra is left as it was.

    Raises UserError for a word that `mcgan train` would refuse, and for a sweep.
    """
    for word in words:
        check(word)
    for part in (naming, search_path, schema):
        part.register()
    try:
        with hydra_apart(), hydra.initialize_config_dir(str(conf_dir()), version_base="1.3"):
            cfg = hydra.compose("config", [*words], return_hydra_config=True)
        name = cfg.name  # of what was typed, which only Hydra's own settings tell
        with open_dict(cfg):
            del cfg["hydra"]
        cfg.name = name
        values = OmegaConf.to_container(cfg, resolve=True, throw_on_missing=True, enum_to_str=True)
        return checked(OmegaConf.create(cast(dict[str, Any], values)))
    except (HydraException, OmegaConfBaseException, ValueError) as error:
        raise UserError(explain(error) or str(error)) from error


@contextmanager
def hydra_apart() -> Iterator[None]:
    """A Hydra of our own; afterwards that of the caller, who may be an application of its."""
    kept = {kind: Singleton._instances.pop(kind, None) for kind in (GlobalHydra, VersionBase)}
    try:
        yield
    finally:
        for kind, instance in kept.items():
            Singleton._instances.pop(kind, None)
            if instance is not None:
                Singleton._instances[kind] = instance


def check(word: str) -> None:
    """Raises UserError for what is no setting of one run."""
    if not isinstance(word, str):
        raise UserError(f"settings are words such as 'dataset=ring', not {word!r}")
    if word.startswith("-"):
        raise UserError(f"{word!r} is a flag of the command line: for a sweep, type "
                        "`mcgan train -m ...` there, or call mcgan.train in a loop")
    if word.lstrip("+~").startswith("hydra"):
        raise UserError(f"{word!r} is for Hydra's command line: leave it out in Python")
    if is_sweep(word):
        raise UserError(f"{word!r} is a sweep: type `mcgan train -m ...` on the command line, "
                        "or call mcgan.train in a loop")


def is_sweep(word: str) -> bool:
    try:
        return OverridesParser.create().parse_overrides([word])[0].is_sweep_override()
    except HydraException as error:
        raise UserError(explain(error) or str(error)) from error


def quoted(key: str, value: object) -> str:
    """The word KEY=VALUE, for any text as the value."""
    if re.fullmatch(r"[\w./+-]+", str(value)):
        return f"{key}={value}"
    text = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"{key}='{text}'"

"""Settings of a stored run that may be changed when it goes on or is measured again."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from omegaconf import OmegaConf

from mcgan.config.option_file import option_file
from mcgan.config.schema import check
from mcgan.errors import UserError, near_or_all, one_line

PLACES = ("dataset.root", "dataset.labels", "dataset.download", "train.device", "train.threads")
RESUMED = (
    *PLACES,
    "train.devices",
    "train.capture",
    "train.steps",
    "train.checkpoint_every",
    "train.log_every",
    "train.stop_on",
    "eval.every",
    "eval.samples",
    "log",
)
EVALUATED = (*PLACES, "eval.samples", "eval.features", "protocol")

INSISTS = "data=changed"  # of resume: the files of the data have changed, and it goes on with them


def split_insistence(words: Sequence[str]) -> tuple[list[str], bool]:
    """The words without ``data=changed``, and whether it was among them.

    Raises UserError for another value of ``data``.
    """
    said = [word for word in words if word.partition("=")[0] == "data"]
    if {*said} - {INSISTS}:
        raise UserError(
            f"{said[0][:80]} means nothing: leave it out, or use {INSISTS} to go on "
            "with data whose files have changed"
        )
    return [word for word in words if word not in said], bool(said)


def overridden(
    config: Mapping[str, Any], words: Sequence[str], allowed: Sequence[str]
) -> dict[str, Any]:
    """The config with ``KEY=VALUE`` words applied, its types and ranges checked.

    Raises UserError for a setting that would make it another run, an unknown option, or a value
    of the wrong kind.
    """
    values = dict(word.split("=", 1) for word in words)
    for key in values:
        if key not in allowed:
            raise UserError(f"{key} cannot be changed here" + near_or_all(key, allowed, "what can"))
    merged = OmegaConf.create(dict(config))
    if "protocol" in values:
        merged.protocol = protocol(values.pop("protocol"))
        merged.eval.samples = merged.protocol.samples
    for key, value in values.items():
        OmegaConf.update(merged, key, read_value(key, value), merge=False, force_add=True)
    return check(merged)


def read_value(key: str, text: str) -> Any:
    """The value that a text stands for in YAML. Raises UserError where it stands for none."""
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        raise UserError(
            f"cannot read {key}={text[:80]!r}: {one_line(error).split('^')[0]}"
        ) from error


def protocol(name: str) -> Any:
    """The settings of a protocol by its name. Raises UserError where there is none."""
    return OmegaConf.load(option_file("protocol", name))

"""Settings of a stored run that may be changed when it goes on or is measured again."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from omegaconf import OmegaConf

from mcgan.config.messages import describe_unknown_option, list_options
from mcgan.config.paths import conf_dirs
from mcgan.config.schema import check
from mcgan.errors import UserError, near

PLACES = ("dataset.root", "dataset.download", "train.device", "train.threads")
RESUMED = (*PLACES, "train.steps", "train.checkpoint_every", "train.log_every", "train.stop_on",
           "eval.every", "eval.samples")
EVALUATED = (*PLACES, "eval.samples", "protocol")


def overridden(config: Mapping[str, Any], words: Sequence[str], allowed: Sequence[str]
               ) -> dict[str, Any]:
    """The config with ``KEY=VALUE`` words applied, its types and ranges checked.

    Raises UserError for a setting that would make it another run, an unknown option, or a value
    of the wrong kind.
    """
    values = dict(word.split("=", 1) for word in words if "=" in word)
    for key in values:
        if key not in allowed:
            raise UserError(f"{key} cannot be changed here{near(key, allowed)} "
                            f"(what can: {', '.join(allowed)})")
    merged = OmegaConf.create(dict(config))
    if "protocol" in values:
        merged.protocol = protocol(values.pop("protocol"))
        merged.eval.samples = merged.protocol.samples
    for key, value in values.items():
        OmegaConf.update(merged, key, yaml.safe_load(value), merge=False, force_add=True)
    return check(merged)


def protocol(name: str) -> Any:
    """The settings of a protocol by its name."""
    for folder in conf_dirs():
        if (folder / "protocol" / f"{name}.yaml").is_file():
            return OmegaConf.load(folder / "protocol" / f"{name}.yaml")
    raise UserError(describe_unknown_option("protocol", name, list_options("protocol")))

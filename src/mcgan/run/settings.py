"""What marks the checkpoints of a run: the settings that it keeps to its end."""

import hashlib
from collections.abc import Mapping
from typing import Any


def origin_of(config: Mapping[str, Any]) -> str:
    """Marks a run's checkpoints: those of one with other settings are then not taken for ours."""
    return digest(as_yaml(lasting(config)))


def lasting(config: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that stay what they were: names go, and what `mcgan resume` may change."""
    from mcgan.config.naming import PLACES
    from mcgan.config.overrides import RESUMED

    kept = {key: value for key, value in config.items() if key not in PLACES}
    for group, _, name in (key.partition(".") for key in RESUMED):
        if isinstance(kept.get(group), Mapping):
            kept[group] = {key: value for key, value in kept[group].items() if key != name}
    return kept


def as_yaml(config: Mapping[str, Any]) -> str:
    """A configuration as YAML, references resolved."""
    from omegaconf import OmegaConf

    return OmegaConf.to_yaml(OmegaConf.create(dict(config)), resolve=True)


def digest(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()

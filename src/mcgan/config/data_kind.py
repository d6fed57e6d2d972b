"""Defaults that differ between vectors and images: `weight: ${vectors_or_images:0.1,10.0}`."""

import re
from typing import Any

from omegaconf import DictConfig, OmegaConf

from mcgan.config.naming import register_resolver

INTERPOLATION = re.compile(r"\$\{vectors_or_images:([^{}]*),([^,{}]*)\}")


def register() -> None:
    """Makes `${vectors_or_images:...}` known to the YAMLs."""
    register_resolver("vectors_or_images", vectors_or_images)


def vectors_or_images(vectors: Any, images: Any, *, _root_: DictConfig) -> Any:
    """The first value, or the second where the dataset's YAML says `data_kind: images`."""
    return images if OmegaConf.select(_root_, "data_kind") == "images" else vectors


def say(default: str) -> str:
    """A default as people read it: `0.1; images: 10.0` for one that depends on the data."""
    return INTERPOLATION.sub(lambda found: f"{found[1]}; images: {found[2]}", default)

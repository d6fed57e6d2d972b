"""Stands for mcgan.config.compose, from which ``own_loop`` is to import the same name."""

from typing import Any, NamedTuple

from hydra import compose as compose_by_hydra
from hydra import initialize_config_dir
from omegaconf import OmegaConf

from mcgan.config import naming, schema, search_path
from mcgan.config.paths import conf_dir
from mcgan.errors import UserError, explain


class Composed(NamedTuple):
    """A configuration of plain values."""

    config: dict[str, Any]


def compose(*words: str) -> Composed:
    """What `mcgan train WORDS` would train. Raises UserError for what it would refuse."""
    for part in (naming, search_path, schema):
        part.register()
    try:
        with initialize_config_dir(str(conf_dir()), version_base="1.3"):
            config = compose_by_hydra("config", [*words, "name=own"])
        return Composed(OmegaConf.to_container(config, resolve=True, enum_to_str=True))  # type: ignore[arg-type]
    except Exception as error:
        message = explain(error)
        if message is None:
            raise
        raise UserError(message) from error

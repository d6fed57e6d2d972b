"""The configuration that the words of the command line stand for."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import hydra
from hydra import initialize_config_dir
from hydra.core.config_loader import ConfigLoader
from hydra.core.global_hydra import GlobalHydra
from hydra.core.singleton import Singleton
from hydra.types import RunMode
from hydra.version import VersionBase
from omegaconf import DictConfig, open_dict

from mcgan.config import help, naming, schema, search_path
from mcgan.config.choices import ROOT, Choices, noted_choices
from mcgan.config.loader import check_configurations
from mcgan.config.messages import explain
from mcgan.config.paths import conf_dir
from mcgan.config.words import check_words
from mcgan.errors import UserError, short_traceback

# Hydra 1.4 drops version_base.
VERSION: dict[str, Any] = {"version_base": "1.3"} if hydra.__version__.startswith("1.3.") else {}


class Composed(NamedTuple):
    """A checked configuration of plain values, and the option that was chosen of each group."""

    config: dict[str, Any]
    choices: Choices


@short_traceback()
def compose(*words: str) -> Composed:
    """What `mcgan train WORDS` would train: `compose("dataset=ring", "reg=[r1,ema]")`.

    Raises UserError, with the sentence of `mcgan train`, for what it would refuse.
    """
    register()
    try:
        check_words(words)
        with config_loader() as loader:
            config = loader.load_configuration(ROOT, [*words], RunMode.RUN)
        choices = noted_choices(config.hydra)
        return Composed(schema.check(without_hydra(config)), choices)
    except Exception as error:
        message = explain(error)
        if message is None:
            raise
        raise UserError(message) from error


def register() -> None:
    """Makes known to Hydra what conf/ needs: the schema, the resolvers, the user's own folders."""
    schema.register()
    naming.register()
    search_path.register()
    help.register()


@contextmanager
def config_loader() -> Iterator[ConfigLoader]:
    """Hydra's loader of our folders. Afterwards Hydra is as it was, also within an application."""
    kept = {kind: Singleton._instances.pop(kind, None) for kind in (GlobalHydra, VersionBase)}
    try:
        with check_configurations(), initialize_config_dir(str(conf_dir()), **VERSION):
            yield GlobalHydra.instance().config_loader()
    finally:
        for kind, instance in kept.items():
            Singleton._instances.pop(kind, None)
            if instance is not None:
                Singleton._instances[kind] = instance


def without_hydra(config: DictConfig) -> DictConfig:
    """The configuration without Hydra's own settings, of which the default name is made."""
    config.name = str(config.name)
    naming.run_folder(config.runs_dir, config.name)
    with open_dict(config):
        del config["hydra"]
    return config

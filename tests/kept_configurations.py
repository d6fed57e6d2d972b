"""What Hydra composes is kept: tests compose the same words many times, at a quarter of a second.

Only Hydra's own work is kept. The checks of `mcgan.config` see a fresh copy each time.
"""

import os
import pickle
from pathlib import Path
from typing import Any

from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.utils import JobRuntime
from omegaconf import DictConfig

from mcgan.config.paths import conf_dir

KEPT: dict[object, bytes] = {}  # bytes are copied four times as quickly as a configuration
compose = ConfigLoaderImpl.load_configuration


def load_kept(loader: ConfigLoaderImpl, *words: Any, **named: Any) -> DictConfig:
    """What Hydra's loader returns for these words, composed by the first who asks for it."""
    asked = repr((words, sorted(named.items()), JobRuntime.instance().get("name")))
    key = (asked, *read_sources(loader))
    if key not in KEPT:
        KEPT[key] = pickle.dumps(compose(loader, *words, **named))
    config: DictConfig = pickle.loads(KEPT[key])
    tell_places(loader, config)
    return config


def read_sources(loader: ConfigLoaderImpl) -> list[object]:
    """What Hydra searches: the names of our own places, and the texts in folders of a test."""
    paths = [str(each.path) for each in loader.get_search_path().get_path()]
    return [path if is_ours(path) else read_folder(path) for path in paths]


def is_ours(path: str) -> bool:
    return not path.startswith("file://") or Path(path.removeprefix("file://")) == conf_dir()


def read_folder(path: str) -> tuple[tuple[str, bytes], ...]:
    """The YAMLs of a folder, each by its place in it."""
    folder = Path(path.removeprefix("file://"))
    files = sorted(folder.rglob("*.yaml"))
    return tuple((str(file.relative_to(folder)), file.read_bytes()) for file in files)


def tell_places(loader: ConfigLoaderImpl, config: DictConfig) -> None:
    """Writes into Hydra's own settings the folders of this test instead of the first one's."""
    config.hydra.runtime.cwd = os.getcwd()
    sources = loader.get_sources()
    for told, source in zip(config.hydra.runtime.config_sources, sources, strict=True):
        told.path = source.path

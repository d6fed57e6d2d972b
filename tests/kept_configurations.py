"""What Hydra composes is kept: tests compose a thousand times, at a quarter of a second each.

Only the libraries' own work is kept, by all that it depends on; the checks of `mcgan.config` see a
fresh copy each time. The same words are composed once, and each YAML and each interpolation is
parsed once.
"""

import functools
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import omegaconf
import pytest
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.config_repository import ConfigRepository
from hydra.core.object_type import ObjectType
from hydra.core.utils import JobRuntime
from omegaconf import DictConfig
from omegaconf.grammar_parser import parse

from mcgan.config.paths import conf_dir

KEPT: dict[object, bytes] = {}  # bytes are copied four times as quickly as a configuration
compose, read = ConfigLoaderImpl.load_configuration, ConfigRepository.load_config


def keep_configurations(patch: pytest.MonkeyPatch) -> None:
    """From here on, what has been composed is not composed again."""
    patch.setattr(ConfigLoaderImpl, "load_configuration", load_kept)
    patch.setattr(ConfigRepository, "load_config", read_kept)
    parse_once = functools.cache(parse)
    for module in (omegaconf.base, omegaconf._utils):
        patch.setattr(module, "parse", parse_once)


def kept(key: object, make: Callable[[], Any]) -> Any:
    """A copy of what has been made for a key; it is made where there is none."""
    if key not in KEPT:
        KEPT[key] = pickle.dumps(make())
    return pickle.loads(KEPT[key])


def read_kept(repository: ConfigRepository, config_path: str) -> Any:
    """What Hydra's repository reads of a YAML. What code declares is not kept: it may change."""
    source: Any = repository._find_object_source(config_path, ObjectType.CONFIG)
    if source is None or source.scheme() == "structured":
        return read(repository, config_path)
    file = Path(source.path, source._normalize_file_name(config_path))
    text = file.read_bytes() if source.scheme() == "file" else b""  # Hydra's own never change
    key = (source.path, source.provider, config_path, text)
    return kept(key, lambda: read(repository, config_path))


def load_kept(loader: ConfigLoaderImpl, *words: Any, **named: Any) -> DictConfig:
    """What Hydra's loader returns for these words."""
    asked = repr((words, sorted(named.items()), JobRuntime.instance().get("name")))
    key = (asked, *read_sources(loader))
    config: DictConfig = kept(key, lambda: compose(loader, *words, **named))
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

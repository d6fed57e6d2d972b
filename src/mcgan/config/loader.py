"""Hydra's loader of configurations: each is checked, and the jobs of a sweep are composed quickly.

Most jobs of a sweep choose the same options and differ in plain values. What options are composed
of is a matter of files, and takes 30 times as long as to set a few values. So Hydra composes each
choice of options once. A copy of that is every job's, and its values are set in it by Hydra too.
"""

import functools
import pickle
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from hydra._internal import config_loader_impl
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from omegaconf import DictConfig, OmegaConf

from mcgan.config.choices import note_choices
from mcgan.config.targets import check_hydra

# A text of Hydra 1.3 that is made as it composes. Hydra 1.4 makes it when it is asked for.
join_overrides = getattr(config_loader_impl, "get_overrides_dirname", None)


class CheckedLoader(ConfigLoaderImpl):
    """Hydra's loader of configurations, which checks each before anything is done with it.

    Each also tells which options it was composed of: to ask Hydra anew takes half as long again.
    Launchers pickle it for their workers, so that it checks there too.
    """

    def __init__(self, *words: Any, **named: Any) -> None:
        super().__init__(*words, **named)
        # Jobs without plain values, by their words; None where nothing is kept.
        self.composed: dict[tuple[str, ...], bytes] | None = {}

    def load_configuration(self, *words: Any, **named: Any) -> DictConfig:
        """The configuration. Raises UserError for one that names code which is not allowed."""
        config = super().load_configuration(*words, **named)
        check_hydra(config.hydra)
        return config

    def load_sweep_config(
        self, master_config: DictConfig, sweep_overrides: Sequence[str]
    ) -> DictConfig:
        """The configuration of a job, equal to one that is composed whole."""
        words = [read_word(word) for word in sweep_overrides]
        options: list[Override] = []
        values: list[Override] = []
        for word in words:
            (values if self.is_plain(word) else options).append(word)
        config = self.compose_options(master_config, options)
        self._apply_overrides_to_config(values, config)
        tell_words(config, words)
        OmegaConf.copy_cache(from_config=master_config, to_config=config)
        return config

    def is_plain(self, word: Override) -> bool:
        """Whether a word sets a value, which files that are composed do not depend on."""
        key = word.key_or_group
        if key.startswith("hydra") or word.is_sweep_override():
            return False
        return isinstance(word.value(), dict) or not self.repository.group_exists(key)

    def compose_options(self, master: DictConfig, words: Sequence[Override]) -> DictConfig:
        """A copy of what Hydra composes of words that are no plain values."""
        lines = [word.input_line or "" for word in words]
        if self.composed is None:
            return self.compose_whole(master, lines)
        key = (*master.hydra.overrides.hydra, *lines)
        if key not in self.composed:  # bytes are copied four times as quickly as configurations
            self.composed[key] = pickle.dumps(self.compose_whole(master, lines))
        copy: DictConfig = pickle.loads(self.composed[key])
        return copy

    def compose_whole(self, master: DictConfig, lines: list[str]) -> DictConfig:
        """What Hydra composes of all these words."""
        config = super().load_sweep_config(master, lines)
        check_hydra(config.hydra)
        return config

    def _compose_config_from_defaults_list(self, defaults: Any, repo: Any) -> DictConfig:
        config = super()._compose_config_from_defaults_list(defaults, repo)
        note_choices(config.hydra, defaults)
        return config

    def __getstate__(self) -> dict[str, Any]:
        """A worker keeps nothing: the classes of plugins that it was sent cannot be pickled."""
        return {**self.__dict__, "composed": None}


@functools.lru_cache(maxsize=10_000)
def read_word(word: str) -> Override:
    """A word as Hydra reads it. Jobs share most of theirs."""
    [override] = OverridesParser.create().parse_overrides([word])
    return override


def tell_words(config: DictConfig, words: Sequence[Override]) -> None:
    """Writes into Hydra's own settings which words a job has."""
    task = [word for word in words if not word.is_hydra_override()]
    config.hydra.overrides.task = [word.input_line for word in task]
    if join_overrides:
        said = config.hydra.job.config.override_dirname
        config.hydra.job.override_dirname = join_overrides(
            overrides=task,
            kv_sep=said.kv_sep,
            item_sep=said.item_sep,
            exclude_keys=said.exclude_keys,
        )


@contextmanager
def check_configurations() -> Iterator[None]:
    """Applications that Hydra makes meanwhile check what they load."""
    with patch("hydra._internal.hydra.ConfigLoaderImpl", CheckedLoader):
        yield

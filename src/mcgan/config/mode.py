"""Whether a command is one run or a sweep. Hydra composes everything to learn it, and once more."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hydra._internal.hydra import Hydra

from mcgan.config.paths import conf_dir, user_dirs

compose_for_mode = Hydra.get_mode


def find_mode(hydra: Hydra, config_name: str | None, overrides: list[str]) -> Any:
    """The `hydra.mode` that words or a user's own YAMLs set; None at once where none of them can.

    Ours set none, and a file that never says `hydra` cannot.
    """
    if any("hydra" in word for word in overrides) or has_other_folders(hydra) or users_say_hydra():
        return compose_for_mode(hydra, config_name, overrides)
    return None


def has_other_folders(hydra: Hydra) -> bool:
    """Whether it also searches folders that neither we nor MCGAN_CONF name, as by --config-dir."""
    paths = [each.path or "" for each in hydra.config_loader.get_search_path().get_path()]
    known = {f"file://{folder}" for folder in (conf_dir(), *user_dirs())}
    return bool({path for path in paths if path.startswith("file://")} - known)


def users_say_hydra() -> bool:
    """Whether a YAML of the user's own may set something of Hydra's."""
    files = (file for folder in user_dirs() for file in folder.rglob("*.yaml"))
    return any(says_hydra(file) for file in files)


def says_hydra(file: Path) -> bool:
    """Whether a file has the word `hydra`; True for one that cannot be read."""
    try:
        return b"hydra" in file.read_bytes()
    except OSError:
        return True  # Hydra says what is wrong with it


@contextmanager
def quick_mode() -> Iterator[None]:
    """Applications that Hydra makes meanwhile compose once where once is enough."""
    with patch.object(Hydra, "get_mode", find_mode):
        yield

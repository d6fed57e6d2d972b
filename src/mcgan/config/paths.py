"""Where the configuration lies: inside an installed package, or at the top of a checkout."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mcgan.errors import UserError

PACKAGE = Path(__file__).resolve().parents[1]
DATA_FILES = ("root", "labels")  # settings of a dataset that are paths


def conf_dir() -> Path:
    """conf/ as installed inside the package, else the checkout's own."""
    for folder in (PACKAGE / "conf", PACKAGE.parents[1] / "conf"):
        if (folder / "config.yaml").is_file():
            return folder
    raise FileNotFoundError("mcgan's conf/ folder is missing: reinstall mcgan")


def user_dirs() -> list[Path]:
    """The folders of a user's own YAMLs, named by the environment variable MCGAN_CONF.

    Raises UserError for one that is not there.
    """
    words = os.environ.get("MCGAN_CONF", "").split(os.pathsep)
    named = [Path(word) for word in words if word]
    for folder in named:
        if not folder.is_dir():
            raise UserError(
                f"MCGAN_CONF names {folder}, and there is no such folder: give the one "
                "that has your YAMLs, or unset it"
            )
    return [folder.resolve() for folder in named]


def conf_dirs() -> list[Path]:
    """Ours first: an option of ours can't be shadowed."""
    return [conf_dir(), *user_dirs()]


def show_path(path: Path) -> Path:
    """The path as a user in the working directory would type it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def with_absolute_files(config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration with ``dataset.root`` and ``dataset.labels`` as absolute paths, so that a
    run finds its data from any folder. An address (``s3://``) and none stay."""
    dataset = config["dataset"]
    files = {
        key: os.path.abspath(os.path.expanduser(dataset[key]))
        for key in DATA_FILES
        if isinstance(path := dataset.get(key), str) and path and "://" not in path
    }
    return {**config, "dataset": {**dataset, **files}}


def own_folders() -> list[str]:
    """Where a user's own modules lie: in the working directory, and beside each of `user_dirs`."""
    return [working_directory(), *(str(folder.parent) for folder in user_dirs())]


def working_directory() -> str:
    """The working directory. Raises UserError where it has been removed."""
    try:
        return os.getcwd()
    except FileNotFoundError as error:
        raise UserError(
            "the working directory has been removed: change to another, such as by `cd`"
        ) from error


def import_from_here() -> None:
    """A console script can't import from the working directory by itself. Appended, so that
    nothing installed is shadowed."""
    for folder in own_folders():
        if folder not in sys.path:
            sys.path.append(folder)

"""Where the configuration lies: inside an installed package, or at the top of a checkout."""

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent


def conf_dir() -> Path:
    """conf/ as installed inside the package, else the checkout's own."""
    for folder in (HERE / "conf", HERE.parents[1] / "conf"):
        if (folder / "config.yaml").is_file():
            return folder
    raise FileNotFoundError("mcgan's conf/ folder is missing: reinstall mcgan")


def user_dirs() -> list[Path]:
    """The folders of a user's own YAMLs, named by the environment variable MCGAN_CONF."""
    named = os.environ.get("MCGAN_CONF", "").split(os.pathsep)
    return [Path(folder).resolve() for folder in named if folder]


def conf_dirs() -> list[Path]:
    """Ours first: an option of ours can't be shadowed."""
    return [conf_dir(), *user_dirs()]

"""Where data lie: the folder a user names, else MCGAN_DATA, else the user's cache."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """Ours in the user's cache: $XDG_CACHE_HOME/mcgan, usually ~/.cache/mcgan."""
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "mcgan"


def data_folder(root: str | None) -> Path:
    """`root` if given, else the environment's MCGAN_DATA, else the cache."""
    named = root or os.environ.get("MCGAN_DATA")
    return Path(named).expanduser() if named else cache_folder()


def is_closed(folder: Path) -> bool:
    """Whether a folder is this user's, and nobody else may enter it."""
    if os.name != "posix":
        return folder.is_dir()  # a user's cache is closed to others there
    found = folder.lstat()
    return found.st_uid == os.geteuid() and not found.st_mode & 0o077

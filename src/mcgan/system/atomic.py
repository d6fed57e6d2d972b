"""Files that are written whole or not at all.

Order: temporary name beside the target, write, flush, fsync, rename over it, fsync the folder. A
reader sees the old file or the new one, also after a kill; after a power cut as well, where the
disk keeps its promises.
"""

import json
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mcgan.errors import UserError

LEFTOVERS = ".*.*-*.tmp"  # as `temporary_name` calls them


def write_bytes(path: Path, data: bytes) -> Path:
    """Puts `data` at `path`. Raises UserError where the disk refuses; `path` is then as before.

    A link stays one, and its target is written. A pipe or a device has no former content to keep,
    so it is written straight away.
    """
    with disk_errors(path):
        target = Path(os.path.realpath(path))
        if target.exists() and not target.is_file():
            target.write_bytes(data)
            return path
        temporary = temporary_name(target)
        try:
            with open(temporary, "xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync_folder(target.parent)
    return path


def write_text(path: Path, text: str) -> Path:
    """Writes a text in UTF-8, whole or not at all; returns the path."""
    return write_bytes(path, text.encode())


def write_json(path: Path, value: Any) -> Path:
    """Strict JSON: a NaN is a ValueError here, not a file that other readers refuse."""
    return write_text(path, json.dumps(value, indent=2, allow_nan=False) + "\n")


def temporary_name(path: Path) -> Path:
    """A name of its own for each writer: the process and a random part."""
    return path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")


def sweep(folder: Path) -> None:
    """Removes what killed writers left. For the owner of the run's lock: all others are dead."""
    for leftover in folder.glob(LEFTOVERS):
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink(missing_ok=True)


def is_leftover(path: Path) -> bool:
    """Whether a killed writer left it."""
    return path.match(LEFTOVERS)


def sync_folder(folder: Path) -> None:
    """Makes a rename last through a power cut. Raises UserError where the disk refuses.

    Windows has no such call and needs none.
    """
    if sys.platform == "win32":
        return
    with disk_errors(folder):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Full, read-only, forbidden: what the system says about `path`, in one sentence."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UserError(
            f"cannot write {path}: {reason}; free some space, or choose another place"
        ) from error

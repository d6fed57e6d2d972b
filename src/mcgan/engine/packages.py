"""Compiled programs in the user's cache: files of native code, found again by what they compute."""

import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from mcgan.engine.traced import Form
from mcgan.errors import UserError
from mcgan.system.atomic import write_bytes, write_json
from mcgan.system.places import cache_folder, is_closed

KEPT = {".pt2": 100, ".json": 1000}  # files of each kind; the ones that were used last


class Package(NamedTuple):
    """A file that torch loads as a program, and the form of what that returns."""

    path: Path
    form: Form


def folder() -> Path:
    """Where packages lie: with us alone."""
    return cache_folder() / "packages"


def find(key: str) -> Package | None:
    """The package that was kept under this key, if it is whole and no other user could write it."""
    try:
        found = json.loads(read(folder() / f"{key}.json"))
        path = folder() / f"{found['package']}.pt2"
        if hashlib.sha256(read(path)).hexdigest() != found["package"]:
            return None
        form = Form([tuple(names) for names in found["names"]], found["listed"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Package(path, form)


def read(path: Path) -> bytes:
    """The content of a file, which is marked as used. Raises OSError in a folder open to others."""
    if not is_closed(path.parent):
        raise PermissionError(path)
    data = path.read_bytes()
    os.utime(path)
    return data


def keep(package: Package, keys: Iterable[str]) -> None:
    """Keeps a package under these keys, where the disk allows it and no other user comes in."""
    with suppress(OSError, UserError):  # then it is compiled again the next time
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        if not is_closed(folder()):
            return
        data = package.path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        write_bytes(folder() / f"{digest}.pt2", data)
        about = {"package": digest, **package.form._asdict()}
        for key in keys:
            write_json(folder() / f"{key}.json", about)
        prune()


def link(key: str, others: Iterable[str]) -> None:
    """Keeps what is kept under ``key`` under other keys as well."""
    with suppress(OSError, UserError, ValueError):
        about = json.loads(read(folder() / f"{key}.json"))
        for other in others:
            write_json(folder() / f"{other}.json", about)


def prune() -> None:
    """Removes the packages that have not been used for the longest time."""
    for suffix, kept in KEPT.items():
        files = sorted(folder().glob(f"*{suffix}"), key=last_used, reverse=True)
        for old in files[kept:]:
            old.unlink(missing_ok=True)


def last_used(path: Path) -> float:
    """When a file was used; never, where another process has removed it."""
    with suppress(OSError):
        return path.stat().st_mtime
    return 0.0

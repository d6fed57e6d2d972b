"""Features of pictures, kept on the disk by the content of the pictures and of the net."""

import hashlib
import io
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from mcgan.errors import UserError
from mcgan.judging.samples import Array
from mcgan.system.atomic import write_bytes
from mcgan.system.places import cache_folder

DIGEST = 32  # bytes at the start of a file: the sha256 of the rest
MOST_BYTES = 2**30  # of all features together


def cached(key: str, compute: Callable[[], Array]) -> Array:
    """Features (n, d) of that key, from the cache or computed now.

    A file that is damaged, or that cannot be written, counts as none.
    """
    path = cache_folder() / "features" / f"{hashlib.sha256(key.encode()).hexdigest()}.npy"
    with suppress(OSError, ValueError, EOFError):
        return load(path)
    features = compute()
    with suppress(OSError, UserError):
        path.parent.mkdir(parents=True, exist_ok=True)
        store(path, features)
        prune(path.parent)
    return features


def load(path: Path) -> Array:
    """The features in a file. Raises ValueError where its content is not what was written."""
    content = path.read_bytes()
    if hashlib.sha256(content[DIGEST:]).digest() != content[:DIGEST]:
        raise ValueError(f"{path} is damaged")
    path.touch()  # the newest are kept
    return np.asarray(np.load(io.BytesIO(content[DIGEST:]), allow_pickle=False))


def store(path: Path, features: Array) -> None:
    """Writes features into the cache, behind a checksum by which damage is seen."""
    file = io.BytesIO()
    np.save(file, features, allow_pickle=False)
    content = file.getvalue()
    write_bytes(path, hashlib.sha256(content).digest() + content)


def prune(folder: Path) -> None:
    """Removes the files that were not used for longest, until the rest are small enough."""
    files = sorted(folder.glob("*.npy"), key=lambda file: file.stat().st_mtime, reverse=True)
    total = 0
    for file in files:
        total += file.stat().st_size
        if total > MOST_BYTES:
            file.unlink(missing_ok=True)

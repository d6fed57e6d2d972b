"""One living process per run directory.

The lock is the kernel's (flock, or its Windows twin), so it ends with its owner however that ends.
The file holds the owner's pid for the message alone, and is never removed: taking a lock file away
lets two processes lock two files of one name.
"""

import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from mcgan.errors import UserError
from mcgan.system.atomic import disk_errors

log = logging.getLogger(__name__)

if sys.platform == "win32":
    import msvcrt

    FAR = 1 << 30  # Windows locks bytes against readers too: take one that holds no pid

    def seize(file: BinaryIO) -> None:
        file.seek(FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def seize(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Holds the lock file `path`. Raises UserError when another process does, with its pid."""
    with disk_errors(path):
        file = open(path, "a+b", buffering=0)  # neither truncates nor fails on what is there
    with file:
        take(file, path)
        sign(file, str(os.getpid()))
        try:
            yield
        finally:
            sign(file, "")


def take(file: BinaryIO, path: Path) -> None:
    try:
        seize(file)
    except (BlockingIOError, PermissionError) as error:
        raise UserError(
            f"{path.parent} is in use by {owner(path)}: wait until it ends, or stop it"
        ) from error
    except OSError as error:  # some network file systems
        log.warning("%s cannot be locked (%s): start nothing else on this run", path, error)


def sign(file: BinaryIO, pid: str) -> None:
    file.truncate(0)
    file.write(pid.encode())


def owner(path: Path, patience: float = 1.0) -> str:
    """Who holds the lock. It signs right after taking it, so an empty file is asked again."""
    until = time.monotonic() + patience
    while True:
        pid = path.read_text().strip()
        if pid:
            return f"process {pid}"
        if time.monotonic() > until:
            return "another process"
        time.sleep(0.01)

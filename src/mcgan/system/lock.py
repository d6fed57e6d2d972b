"""One living process per run directory.

The lock is the kernel's (flock, or its Windows twin), so it ends with its owner however that ends.
The file holds the owner's pid for the message alone. Only its owner may take the file away, with
the folder around it: whoever waited for that file then looks for the one that lies there now.
"""

import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from mcgan.errors import Refused
from mcgan.system.atomic import disk_errors

log = logging.getLogger(__name__)

PATIENCE = 1.0  # seconds to wait for an owner who has not signed yet, or has just let go
PAUSE = 0.01

if sys.platform == "win32":
    import msvcrt

    FAR = 1 << 30  # Windows locks bytes against readers too: take one that holds no pid

    def seize(file: BinaryIO) -> None:
        """Locks the file. Raises OSError if another process has locked it."""
        file.seek(FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def seize(file: BinaryIO) -> None:
        """Locks the file. Raises OSError if another process has locked it."""
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Holds the lock file `path`, and makes its folder.

    Raises Refused when another process holds it, with its pid; UserError where the disk refuses.
    """
    with take(path) as file:
        sign(file, str(os.getpid()))
        try:
            yield
        finally:
            sign(file, "")


def take(path: Path) -> BinaryIO:
    """The locked file. An owner who lets go within the patience makes room for us."""
    until = time.monotonic() + PATIENCE
    while True:
        with disk_errors(path):
            file = open_file(path, until)
        if is_seized(file, path) and lies_at(file, path):
            return file
        pid, late = read_pid(file), time.monotonic() > until
        file.close()
        if late or lives(pid):
            owner = f"process {pid}" if pid else "another process"
            raise Refused(f"{path.parent} is in use by {owner}: wait until it ends, or stop it")
        time.sleep(PAUSE)


def open_file(path: Path, until: float) -> BinaryIO:
    """The file, neither truncated nor locked. Its folder may be taken away while we make it."""
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return open(path, "a+b", buffering=0)
        except FileNotFoundError:
            if time.monotonic() > until:
                raise


def is_seized(file: BinaryIO, path: Path) -> bool:
    """Whether the lock is ours now; a warning, where the file system has no locks."""
    try:
        seize(file)
    except (BlockingIOError, PermissionError):
        return False
    except OSError as error:  # some network file systems
        log.warning("%s cannot be locked (%s): start nothing else on this run", path, error)
    return True


def lies_at(file: BinaryIO, path: Path) -> bool:
    """Whether this is still the file of that name: its last owner may have taken it away."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def read_pid(file: BinaryIO) -> int:
    """Who has signed, 0 for nobody yet."""
    file.seek(0)
    text = file.read(20)
    return int(text) if text.isdigit() else 0


def lives(pid: int) -> bool:
    """Whether that process is there: a killed owner's name stays until the next one signs."""
    if not pid or sys.platform == "win32":  # where this question would end the process
        return bool(pid)
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def sign(file: BinaryIO, pid: str) -> None:
    """Writes the process's number into the lock's file, for whoever meets the lock."""
    file.truncate(0)
    file.write(pid.encode())

"""What a process does to the system: files that it writes, processes, connections, libraries."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

ALWAYS = ("subprocess.", "os.system", "os.exec", "os.spawn", "os.posix_spawn", "os.fork", "pty.",
          "socket.connect", "socket.bind", "ctypes.dlopen", "webbrowser.", "code.", "urllib.",
          "http.", "sqlite3.connect")  # fmt: skip
PATHS = {
    "os.mkdir": 1,
    "os.rename": 2,
    "os.remove": 1,
    "os.rmdir": 1,
    "os.symlink": 2,
    "os.link": 2,
    "os.chmod": 1,
    "os.truncate": 1,
    "open": 1,
}  # how many paths each tells
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
DEVICES = ("/dev/", "/proc/")
DRIVER = "libnvidia-ml.so.1"  # torch asks it how many GPUs there are
PACKAGES = f"{Path(torch.__file__).parents[1]}/"  # where importing one loads its libraries
Words = tuple[Any, ...]


class Watch:
    """Tells what is done outside of the folder `allowed`, as `event: argument`."""

    def __init__(self, tell: Callable[[str], object], allowed: Path | None = None) -> None:
        self.tell, self.allowed = tell, allowed and os.path.realpath(allowed)

    def note(self, event: str, words: Words) -> None:
        if event == "ctypes.dlopen" and is_installed(words[0]):
            return
        if event.startswith(ALWAYS):
            self.tell(f"{event}: {words!r:.200}")
        elif event in PATHS and (event != "open" or (words[2] or 0) & WRITING):
            for word in words[: PATHS[event]]:
                self.note_path(event, word)

    def note_path(self, event: str, word: Any) -> None:
        """Tells of a path that is written; links are followed, open files have no path."""
        if isinstance(word, int):
            return
        place = os.path.realpath(os.fsdecode(word))
        inside = self.allowed and f"{place}/".startswith(f"{self.allowed}/")
        if not inside and not place.startswith(DEVICES):
            self.tell(f"{event}: {place}")


def is_installed(library: object) -> bool:
    """Whether it is a library of a package that is installed, of a GPU's driver, or loaded already.

    None is the process itself, in which the C library is asked to keep freed memory.
    """
    return library is None or str(library) == DRIVER or str(library).startswith(PACKAGES)


watches: list[Watch] = []
hooks: list[object] = []  # ours, once it is set


def hook(event: str, words: Words) -> None:
    for watch in watches:
        watch.note(event, words)


def begin(watch: Watch) -> None:
    """Python has no way to take an audit hook away again: one serves all watches."""
    if not hooks:
        sys.addaudithook(hook)
        hooks.append(hook)
    watches.append(watch)


@contextmanager
def watching(allowed: Path | None = None) -> Iterator[list[str]]:
    """Collects what this process does meanwhile."""
    seen: list[str] = []
    watch = Watch(seen.append, allowed)
    begin(watch)
    try:
        yield seen
    finally:
        watches.remove(watch)


def watch_fork(file: Path, allowed: Path) -> None:
    """From now on this process tells `file` what it does, also if it is killed."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    begin(Watch(lambda text: os.write(handle, f"{text}\n".encode(errors="replace")), allowed))

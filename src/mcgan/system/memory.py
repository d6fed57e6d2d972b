"""How much memory this machine has, what it says when there is not enough, and what a run keeps."""

import ctypes
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from mcgan.errors import UserError

LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3  # the numbers that <malloc.h> of glibc has for them
KEPT = 2**29  # bytes of freed memory at the end of the heap that a run keeps
MAPPED = 2**25  # bytes of a tensor that has pages of its own: the most that all glibc take
REFUSED = re.compile(
    r"can't allocate memory|not enough memory|out of memory|Storage size "
    r"calculation overflowed|numel: integer multiplication overflow",
    re.I,
)


def memory() -> int:
    """Bytes of memory that this process may take: the machine's, or a container's where less."""
    found = []
    with suppress(ValueError, OSError, AttributeError):  # Windows has no sysconf
        found.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    for limit in LIMITS:
        with suppress(ValueError, OSError):  # absent, or the word max
            found.append(int(Path(limit).read_text()))
    return min(found, default=2**63)


def say_bytes(count: float) -> str:
    """A number of bytes in words: `3.2 GB`."""
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if count < 1000 or unit == "TB":
            break
        count /= 1000
    return f"{count:,.3g} {unit}" if count < 1000 else f"{count:,.0f} {unit}"


def keep_freed_memory() -> None:
    """Lets this process keep up to half a GB that it has freed, for its next step.

    A compiled step frees its tensors as it ends. By default glibc then returns what is free at the
    end of the heap. The next step waits until the system has mapped it again, page by page.
    Does nothing with another C library, or where MALLOC_TRIM_THRESHOLD_ is set.
    """
    if "MALLOC_TRIM_THRESHOLD_" not in os.environ and (mallopt := of_glibc("mallopt")):
        mallopt(TRIM_THRESHOLD, KEPT)
        mallopt(MMAP_THRESHOLD, MAPPED)


def give_back_memory() -> None:
    """Returns all freed memory to the system, where glibc can."""
    if trim := of_glibc("malloc_trim"):
        trim(0)


def of_glibc(name: str) -> Any:
    """A function of the C library, or None where that is not glibc."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None


@contextmanager
def memory_errors() -> Iterator[None]:
    """Turns an allocator's refusal into a sentence, as a UserError."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not isinstance(error, MemoryError) and not REFUSED.search(str(error)):
            raise
        raise UserError(
            f"there is not enough memory (this machine has {say_bytes(memory())}): "
            "lower train.batch_size, eval.samples, replicas, or the sizes of the nets "
            "and of the strategies"
        ) from error

"""How much memory this machine has, and what it says when there is not enough."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mcgan.errors import UserError

LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
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

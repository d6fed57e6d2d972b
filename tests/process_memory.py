"""What memory this process of the tests takes, and how it gives some back."""

import gc
import resource
import sys
from pathlib import Path

from mcgan.system.memory import give_back_memory

GROWTH = 30  # MB that tests may leave behind, before what is not used is given back
HELD = {"MB": 0.0}  # after memory was last given back


def peak() -> float:
    """MB of memory that this process has had at most."""
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def resident() -> float:
    """MB of memory that this process has now; 0 where the system does not tell."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[1]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize() / 2**20


def give_back_what_grew() -> None:
    """Gives memory back where there is much: to look for garbage takes a tenth of a second."""
    if resident() > HELD["MB"] + GROWTH:
        give_back()
        HELD["MB"] = resident()


def give_back() -> None:
    """Returns freed memory to the system: glibc keeps pieces of large nets for a later use."""
    gc.collect()
    give_back_memory()

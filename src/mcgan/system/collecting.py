"""How often Python looks through all objects for those that only hold each other."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

RARER = 10  # Python looks through old objects after ten times as many new ones


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Within it Python looks through old objects a tenth as often; young ones are as before.

    Imports and torch's compilers make hundreds of thousands of objects that stay. To look through
    them again and again took a fifth of the time until a run's first step.
    """
    before = gc.get_threshold()
    gc.set_threshold(*before[:2], RARER * before[2])
    try:
        yield
    finally:
        gc.set_threshold(*before)

"""What tells data from others: the content of what was read, part by part.

The content, not names, sizes and dates of files: a copy on another machine has other dates, and an
image that was edited in place may keep its size. As images are held in memory it costs a second
for 100,000 of them.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

NAMED = 3  # changes that a sentence names
Mark = Mapping[str, Sequence[Any]]  # {part: [number of examples, sha256 of their content]}


def digest(examples: Tensor) -> list[Any]:
    """[number, sha256] of examples (n, ...) in their order."""
    return [len(examples), hashlib.sha256(examples.contiguous().numpy().data).hexdigest()]


def describe_change(old: Mark, new: Mark) -> str:
    """What differs between two marks, at most three parts by name; nothing where they are equal."""
    changes = [*(f"{name} is gone" for name in old if name not in new),
               *(f"{name} is new" for name in new if name not in old),
               *(describe_part(name, old[name], new[name]) for name in new
                 if name in old and list(old[name]) != list(new[name]))]  # fmt: skip
    more = f", and {len(changes) - NAMED:,} more" if len(changes) > NAMED else ""
    return ", ".join(changes[:NAMED]) + more


def describe_part(name: str, old: Sequence[Any], new: Sequence[Any]) -> str:
    """In which way one part of the data is not what it was: its length, or its content."""
    if old[0] != new[0]:
        return f"{name} has {new[0]:,} examples and had {old[0]:,}"
    return f"{name} has other examples"

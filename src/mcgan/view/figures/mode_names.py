"""What modes are called on axes: by their classes where data have some, else by their numbers."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from matplotlib.font_manager import FontProperties, findfont, get_font

from mcgan.view.figures.style import plain

LONGEST = 16  # letters of a name
LETTER = 0.075  # inches of a letter on an axis


def label_modes(names: Sequence[str], number: int) -> list[str]:
    """A label for each of ``number`` modes. A name that the font cannot write is its number."""
    if len(names) != number:
        return [f"{mode:,}" for mode in range(number)]
    return [shorten(name) if can_write(name) else f"#{mode}" for mode, name in enumerate(names)]


def shorten(name: str) -> str:
    """A mode's name for an axis, at most a few letters long."""
    return plain(name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…")


def can_write(name: str) -> bool:
    """Whether the font has all letters: matplotlib warns of others and draws boxes."""
    return all(font().get_char_index(ord(letter)) for letter in name)


@cache
def font() -> Any:
    """The font in which widths of names are measured."""
    return get_font(findfont(FontProperties()))


def inches(labels: Sequence[str]) -> float:
    """How wide the longest label is."""
    return LETTER * max(map(len, labels), default=0)

"""Where a run shows how far it is and what it measured."""

from typing import NamedTuple

from rich.console import Console

QUIET = Console(quiet=True)


class Screen(NamedTuple):
    """Consoles; None stands for standard error (progress) and standard output (the table)."""

    progress: Console | None = None
    table: Console | None = None
    offers: bool = True  # whether the end says what to type next

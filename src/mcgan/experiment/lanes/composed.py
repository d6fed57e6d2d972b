"""A job of a sweep before anything is built of it. Nothing here imports torch."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from mcgan.config.choices import Choices


class Job(NamedTuple):
    """A job as Hydra composed it."""

    config: dict[str, Any]  # checked
    choices: Choices
    words: Sequence[str]  # that were typed
    out: Path  # the folder of its run
    made: Sequence[Path]  # folders that Hydra has made

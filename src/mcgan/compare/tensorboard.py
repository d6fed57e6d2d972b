"""A sweep's comparison in TensorBoard: an event file in the sweep's own folder, the run `.` there.

Nothing here imports torch: a sweep whose jobs run elsewhere has not loaded it.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mcgan.compare.comparison import Comparison, Section
from mcgan.compare.formats import markdown
from mcgan.system import atomic
from mcgan.view.tensorboard.events import PREFIX, encode
from mcgan.view.tensorboard.summaries import picture, text

ENDING = ".sweep"  # of the file's name


def write(folder: Path, comparison: Comparison) -> None:
    """Puts the comparison there, in place of an earlier one, if the sweep's runs write events.

    The file has a new name each time: an open TensorBoard reads on in a file that was replaced.
    Raises UserError where the disk refuses.
    """
    if not any(folder.glob(f"*/{PREFIX}*")):
        return
    pictures = [each for section in comparison.sections for each in draw_section(section)]
    data = encode(text("comparison", markdown(comparison)), *pictures)
    path = atomic.write_bytes(folder / f"{PREFIX}.{time.time_ns()}{ENDING}", data)
    with atomic.disk_errors(path):
        for earlier in {*folder.glob(f"{PREFIX}*{ENDING}")} - {path}:
            earlier.unlink()


def draw_section(section: Section) -> Iterator[Any]:
    """The pictures of one table, under its title: a sweep may have several."""
    from mcgan.compare.figures import coverage, quality_and_modes  # matplotlib
    from mcgan.view.figures.style import png

    figures = {"quality": quality_and_modes(section), "coverage": coverage(section)}
    for name, figure in figures.items():
        if figure:
            yield picture(f"comparison/{name}/{section.table.title}", png(figure))

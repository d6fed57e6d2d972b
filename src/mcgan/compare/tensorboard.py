"""A sweep's comparison in TensorBoard: an event file in a folder of its own, the run `comparison`.

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

NAME = "comparison"  # of the folder in the sweep's, which is how TensorBoard calls the run
COLUMNS = 4  # of a table beside its label: with more, TensorBoard breaks words into letters


def write(folder: Path, comparison: Comparison) -> None:
    """Puts the comparison below the sweep's folder, in place of an earlier one, if its runs log.

    The file has a new name each time: an open TensorBoard reads on in a file that was replaced.
    Raises UserError where the disk refuses.
    """
    if not any(folder.glob(f"*/{PREFIX}*")):
        return
    pictures = [each for section in comparison.sections for each in draw_section(section)]
    data = encode(text(NAME, markdown(comparison, COLUMNS)), *pictures)
    with atomic.disk_errors(folder / NAME):
        (folder / NAME).mkdir(exist_ok=True)
    path = atomic.write_bytes(folder / NAME / f"{PREFIX}.{time.time_ns()}", data)
    with atomic.disk_errors(path):
        for earlier in {*path.parent.glob(f"{PREFIX}*"), *folder.glob(f"{PREFIX}*.sweep")} - {path}:
            earlier.unlink()


def draw_section(section: Section) -> Iterator[Any]:
    """The pictures of one table, under its title: a sweep may have several."""
    from mcgan.compare.courses import coverage, effects  # matplotlib
    from mcgan.compare.figures import quality_and_modes
    from mcgan.view.figures.style import png

    by = {f"coverage by {name}": figure for name, figure in effects(section).items()}
    figures = {"quality": quality_and_modes(section), "coverage": coverage(section), **by}
    for name, figure in figures.items():
        if figure:
            yield picture(f"{NAME}/{name}/{section.table.title}", png(figure))

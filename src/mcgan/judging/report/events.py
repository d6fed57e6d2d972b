"""A judgement in TensorBoard: its numbers, its figure and its text, at step 0."""

import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mcgan.judging.report.drawing import draw
from mcgan.judging.report.judged_pair import JudgedPair
from mcgan.judging.report.text import tell
from mcgan.system.atomic import disk_errors, write_bytes
from mcgan.view.figures.style import png
from mcgan.view.tensorboard.events import PREFIX, encode
from mcgan.view.tensorboard.summaries import picture, text

ENDING = "judge"  # of the file's name: an earlier judgement there is replaced


def write_events(folder: Path, found: Sequence[JudgedPair]) -> None:
    """Puts one event file into the folder, or for several generators into one of each's own.

    The file has a new name each time: an open TensorBoard reads on in a file that was replaced.
    Raises UserError where the disk refuses.
    """
    for number, judged in enumerate(found, 1):
        short = re.sub(r"[^A-Za-z0-9_.+-]+", "-", judged.name).strip("-.")[-60:]
        place = folder if len(found) == 1 else folder / f"{number}-{short}"
        with disk_errors(place):
            place.mkdir(parents=True, exist_ok=True)
        path = write_bytes(
            place / f"{PREFIX}.{time.time_ns()}.{ENDING}", encode(*summaries_of(judged))
        )
        with disk_errors(path):
            for earlier in {*place.glob(f"{PREFIX}.*.{ENDING}")} - {path}:
                earlier.unlink()


def summaries_of(judged: JudgedPair) -> Iterator[Any]:
    """A judgement's numbers, figure and text as TensorBoard's summaries."""
    from torch.utils.tensorboard.summary import scalar

    for name, value in judged.judgement.scalars().items():
        yield scalar(f"judge/{name}", value, new_style=True)
    yield picture("judge/figure", png(draw([judged])))
    yield text("judge/verdict", f"```\n{tell(judged)}\n```")

"""Long runs stay flat: memory and open files do not grow with the steps.

A run of thousands of steps with evaluations, pictures and checkpoints notes its resident memory and
its open files at each checkpoint. The least of the last third is less than 10 MB above that of
the third before, since freed memory comes and goes; the number of open files stays; no temporary
file is left.
"""

import gc
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random

from mcgan.experiment import evaluator
from mcgan.run.directory import RunDirectory
from torture import small

NUMBER, GOAL = "R15", 10
STEPS, EVERY = 6000, 200
ROOM = 10 * 2**20  # bytes
PAGE = os.sysconf("SC_PAGE_SIZE")


def tries(draw: Random, place: Path) -> Iterator[object]:
    folder, notes = place / "runs" / "one", place / "notes"
    words = [f"train.steps={STEPS}", f"train.checkpoint_every={EVERY}", "train.log_every=50",
             f"eval.every={2 * EVERY}", f"seed={draw.randrange(1000)}"]  # fmt: skip
    ended = small.start(folder, *words, prepare=partial(note_each_save, notes)).end(600)
    assert ended.code == 0, ended
    rows = [tuple(map(int, line.split())) for line in notes.read_text().splitlines()]
    memory, files = zip(*rows, strict=True)
    third = len(memory) // 3
    growth = min(memory[-third:]) - min(memory[third:-third])
    assert growth < ROOM, memory
    assert len({*files[third:-1]}) == 1, files
    assert not [*folder.rglob("*.tmp")]
    yield STEPS


def note_each_save(notes: Path) -> None:
    """Pictures are drawn at each evaluation: usually they wait until they cost little."""
    small.draw_as_always()
    evaluator.PICTURE_SHARE = float("inf")
    save = RunDirectory.save

    def noted(*words: object) -> Path:
        path = save(*words)
        gc.collect()  # when Python does it by itself is chance: 30 MB more or less
        resident = int(Path("/proc/self/statm").read_text().split()[1]) * PAGE
        with notes.open("a") as file:
            file.write(f"{resident} {len(os.listdir('/proc/self/fd'))}\n")
        return path

    RunDirectory.save = noted

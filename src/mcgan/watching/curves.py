"""Judgements of a watched loop in TensorBoard, by its own writer or one of the user's."""

from os import PathLike
from typing import Any

from mcgan.judging.judgement import Judgement
from mcgan.watching.course import Look


class Curves:
    """Writes to a SummaryWriter, or to one that is made for a folder when it is first needed.

    Of a loop that goes on from ``after``, a folder's later events are purged.
    """

    def __init__(self, place: str | PathLike[str] | Any) -> None:
        self.writer = place if hasattr(place, "add_scalar") else None
        self.folder, self.after = place, 0

    def add(self, look: Look, judgement: Judgement) -> None:
        """One look: its numbers, those of two real samples beside them, and its page."""
        writer = self._open()
        for name, value in look.scalars.items():
            writer.add_scalar(f"judge/{name}", value, look.step)
        for name, measured in judgement.measures.items():
            writer.add_scalar(f"judge_two_real_samples/{name}", measured.null_mean, look.step)
        writer.add_text("judge/verdict", f"```\n{judgement}\n```", look.step)
        writer.flush()

    def _open(self) -> Any:
        if self.writer is None:
            from torch.utils.tensorboard.writer import SummaryWriter

            purged = self.after + 1 if self.after else None
            self.writer = SummaryWriter(self.folder, purge_step=purged)
        return self.writer

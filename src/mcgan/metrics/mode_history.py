"""Which modes a generator visited when: samples per mode at the evaluations so far."""

from typing import Any

import torch
from torch import Tensor

NUMBERS = 2**20  # counts that are kept, all together
MOST, LEAST = 100, 8  # evaluations


class Visits:
    """Counts (T, R, K) by evaluation, replica and mode; part of checkpoints.

    When there are too many, the one nearest to its neighbours is forgotten: the rest stay spread
    over the run.
    """

    def __init__(self) -> None:
        self.steps: list[int] = []
        self.counts: list[Tensor] = []  # (R, K) int32 each

    def add(self, step: int, counts: Tensor) -> None:
        """Takes an evaluation's samples per mode (R, K), once."""
        if step in self.steps[-1:]:
            return
        self.steps.append(step)
        self.counts.append(counts.to(torch.int32))
        if len(self.steps) > min(MOST, max(LEAST, NUMBERS // counts.numel())):
            self._forget()

    def _forget(self) -> None:
        gaps = [after - before for before, after in zip(self.steps, self.steps[2:], strict=False)]
        index = 1 + gaps.index(min(gaps))
        del self.steps[index], self.counts[index]

    def checkpoint(self) -> dict[str, Any]:
        """The steps and counts so far, for `torch.save`."""
        return {"steps": self.steps, "counts": torch.stack(self.counts) if self.counts else None}

    def restore(self, saved: dict[str, Any]) -> None:
        """Takes up what `checkpoint` gave."""
        self.steps = saved["steps"]
        self.counts = [] if saved["counts"] is None else [*saved["counts"]]

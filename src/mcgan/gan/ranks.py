"""The processes that play one game together, each its part of every batch: here, one alone.

`mcgan.engine.group` has others. A game is alone but for the moment in which a step is made.
"""

from typing import Any

from torch import Tensor

from mcgan.types import Report, Sample, Tensors


class Ranks:
    """One process, whose part of a batch is the whole batch.

    rank, size  which of how many processes this one is
    """

    rank, size = 0, 1

    def whole(self, rows: Tensor) -> Tensor:
        """The rows (B, ...) of the whole batch, by this process's rows (B / size, ...)."""
        return rows

    def part(self, rows: Tensor) -> Tensor:
        """This process's rows (B / size, ...) of those of the whole batch (B, ...)."""
        return rows

    def mean(self, tensors: Tensors) -> Tensors:
        """The mean over the processes of each tensor: such as a mean loss, or its gradient."""
        return tensors

    def first(self, state: Any) -> Any:
        """A tree of tensors and numbers as the first process has it, on the CPU for the others."""
        return state


ALONE = Ranks()


def mean_over(ranks: Ranks, grads: Tensors, scalars: Tensors) -> tuple[Tensors, Tensors]:
    """The means of a turn's gradients and scalars, by one message: no name is in both."""
    if ranks.size == 1:
        return grads, scalars
    means = ranks.mean(grads | scalars)
    return {name: means[name] for name in grads}, {name: means[name] for name in scalars}


def whole_report(ranks: Ranks, report: Report) -> Report:
    """A turn's report with the fakes and scores of the whole batch, so that all processes draw the
    same conclusions. The noise in its moment stays that of this process's rows."""
    if ranks.size == 1:
        return report
    fake = Sample(*(ranks.whole(column.detach()) for column in report.fake))
    scores = {which: ranks.whole(score) for which, score in report.scores.items()}
    return report._replace(fake=fake, scores=scores)

"""Places for samples that are chosen, so many for each kind."""

import torch
from torch import Tensor


class Quotas:
    """As many places for each kind as ``kinds`` (n,) int64 names it, filled as samples come."""

    def __init__(self, kinds: Tensor) -> None:
        self.known, self.room = kinds.unique(return_counts=True)  # in order, and free places

    @property
    def left(self) -> int:
        """How many places are free."""
        return int(self.room.sum())

    def take(self, kinds: Tensor) -> Tensor:
        """Which of the samples of these kinds (m,) get a place, (m,) bool: of each kind the first.

        Their places are free no more.
        """
        last = len(self.known)  # the row of kinds that have no place
        row = torch.searchsorted(self.known, kinds)
        row = torch.where(torch.isin(kinds, self.known), row, last)
        free = torch.cat([self.room, self.room.new_zeros(1)])
        taken = rank_within(row) < free[row]
        self.room = self.room - row[taken].bincount(minlength=last)
        return taken


def rank_within(kinds: Tensor) -> Tensor:
    """How many of the same kind stand before each, (n,), by kinds (n,) from 0 on."""
    order = kinds.argsort(stable=True)
    size = kinds.bincount()
    first = size.cumsum(0) - size  # of each kind, in that order
    rank = torch.empty_like(kinds)
    rank[order] = torch.arange(len(kinds), device=kinds.device) - first[kinds[order]]
    return rank

"""A program's calls: one for a few networks after the other, or one for all at once."""

from collections.abc import Sequence
from typing import Any

from torch import Tensor
from torch.utils._pytree import tree_leaves, tree_structure, tree_unflatten

from mcgan.engine.traced import HELD, list_turns

Leaves = Sequence[Tensor]


class Calls:
    """The calls of a program that moves N networks, ``size`` at a time, and the tensors of each.

    What a call of few networks reads and writes stays in the processor's cache, and its program
    serves any N. The tensors that it writes into are then rows of those of all networks. What
    networks share, an update rule's steps, every call moves on: each has a copy of it.

    held   of each call the tensors that stay, in the order of a graph's inputs
    first  what ``given`` is for the first call: the program is made for tensors like these
    """

    def __init__(self, given: Sequence[Any], size: int) -> None:
        _, _, _, alive, _ = given[:HELD]
        held = tree_leaves(given[:HELD])
        self.size, self.count = size, alive.numel() // size
        self.shared = [each for each in held if not each.dim()] if self.count > 1 else []
        self.copies = [each.repeat(self.count) for each in self.shared]
        own = {id(t): copy.unbind() for t, copy in zip(self.shared, self.copies, strict=True)}
        rows = [own.get(id(each)) or self._rows(each) for each in held]
        self.held: list[Leaves] = [*zip(*rows, strict=True)]
        turns = self.part(list_turns(given[HELD:]))
        self.first = tree_unflatten([*self.held[0], *turns[0]], tree_structure(tuple(given)))

    def part(self, tensors: Leaves) -> list[Leaves]:
        """The tensors of each call, of those that all networks are given."""
        return [tensors] if self.count == 1 else [*zip(*map(self._rows, tensors), strict=True)]

    def _rows(self, tensor: Tensor) -> Leaves:
        """Of each call: its networks' rows, (size, ...), or the whole where there are no rows."""
        together = self.count == 1 or not tensor.dim()
        return [tensor] * self.count if together else tensor.split(self.size)

    def begin(self) -> None:
        """Before the first call of a move: copies are what the networks share."""
        for each, copy in zip(self.shared, self.copies, strict=True):
            copy.copy_(each)

    def end(self) -> None:
        """After the last call of a move: what networks share is as the calls have left it."""
        for each, copy in zip(self.shared, self.copies, strict=True):
            each.copy_(copy[0])

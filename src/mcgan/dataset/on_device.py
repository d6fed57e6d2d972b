"""Examples drawn where they are needed: on a GPU from what lies there, or on the CPU and copied."""

import copy
from collections.abc import Callable
from typing import Any, Protocol

import torch
from torch import Generator, Tensor
from torch.utils._pytree import tree_leaves

from mcgan.system.device import free_on_gpu

DrawExamples = Callable[[int, Generator], Tensor]


class ExampleSource(Protocol):
    """What draws examples; a dataset is one."""

    def draw(self, n: int, generator: Generator) -> Tensor:
        """Real examples (n, *S) in net units, drawn by the generator's random numbers."""


def draw_rows(table: Tensor, n: int, generator: Generator) -> Tensor:
    """n rows (n, ...) of a table, with replacement, on the generator's device."""
    place = generator.device
    return take_rows(table, torch.randint(len(table), (n,), generator=generator, device=place))


def take_rows(table: Tensor, rows: Tensor) -> Tensor:
    """``table[rows]``, (*rows.shape, ...). An index copies number by number, this whole rows."""
    taken: Tensor = table.index_select(0, rows.flatten()).unflatten(0, rows.shape)
    return taken


def draw_on(device: str, source: ExampleSource, names: tuple[str, ...]) -> DrawExamples:
    """What draws on a device: ``draw`` of a shallow copy, whose attributes ``names`` lie there.

    Without names, or where they take more than half of the memory that is free on the GPU, it
    draws on the CPU and copies.
    """
    held = {name: getattr(source, name) for name in names}
    if not held or not fit_on(device, held):
        return copy_draws(source.draw)
    there = copy.copy(source)
    for name, part in held.items():
        setattr(there, name, None if part is None else part.to(device))
    return there.draw


def fit_on(device: str, held: Any) -> bool:
    """Whether all tensors of ``held`` take at most half of what is free on a GPU."""
    free = free_on_gpu(device)
    size = sum(part.nbytes for part in tree_leaves(held) if isinstance(part, Tensor))
    return free is None or 2 * size <= free


def copy_draws(draw: DrawExamples) -> DrawExamples:
    """What draws on the CPU by the seed of a generator of any device, and copies to that."""

    def drawn(n: int, generator: Generator) -> Tensor:
        own = Generator().manual_seed(generator.initial_seed())
        return draw(n, own).to(generator.device, non_blocking=True)

    return drawn

"""What a turn measures: its losses, scores and gradient norm, left on the device."""

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

from mcgan.types import Tensors

Measured = tuple[tuple[str, ...], Tensor]  # names, and their values (M,) or (M, N)


class Scalars(Mapping[str, Tensor]):
    """The scalars of a turn by name, () or (N,) each: rows of one tensor.

    They are not read here, because on a GPU every reading waits for the device.
    """

    def __init__(self, names: tuple[str, ...], rows: Tensor) -> None:
        self.names, self.rows = names, rows

    def __getitem__(self, name: str) -> Tensor:
        return self.rows[self.names.index(name)]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def stack_scalars(scalars: Tensors, grad_norm: Tensor) -> Measured:
    """A turn's scalars and the norm of its whole gradient, as names and one tensor of rows."""
    found = {**scalars, "grad_norm": grad_norm}
    return tuple(found), torch.stack([value.detach() for value in found.values()])

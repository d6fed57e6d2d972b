"""Many tensors as one: few tensors go in and out of a compiled move, and rules see one of each."""

import math

import torch
from torch import Tensor

from mcgan.types import Player, Tensors

PackedTensors = dict[Player, Tensor]  # each player's parameters as one tensor (N, P)


class Packed:
    """How named tensors (N, *shape) of N replicas lie in one tensor (N, P)."""

    def __init__(self, like: Tensors) -> None:
        self.shapes = {name: tensor.shape[1:] for name, tensor in like.items()}

    def pack(self, tensors: Tensors) -> Tensor:
        """All tensors of N networks in one, (N, P), a copy."""
        return torch.cat(
            [
                tensors[name].flatten(1) if shape else tensors[name].unsqueeze(1)
                for name, shape in self.shapes.items()
            ],
            1,
        )

    def unpack(self, packed: Tensor) -> Tensors:
        """The named tensors of (N, P), as views into it."""
        sizes = [math.prod(shape) for shape in self.shapes.values()]
        parts = packed.split_with_sizes(sizes, 1)
        named = zip(self.shapes.items(), parts, strict=True)
        return {name: part.view(len(packed), *shape) for (name, shape), part in named}


def pick(tensors: Tensors, names: list[str]) -> Tensors:
    """The tensors of these names, in this order."""
    return {name: tensors[name] for name in names}

"""What processes that train one run tell each other: by torch.distributed, or by `Blackboard`."""

from typing import Protocol

import torch
import torch.distributed as dist
from torch import Tensor


class Messages(Protocol):
    """How tensors reach the other processes. All of them tell the same kinds in the same order."""

    def gather(self, rows: Tensor) -> list[Tensor]:
        """The tensor that each process has here, in their order; all of one shape."""

    def add(self, tensor: Tensor) -> Tensor:
        """The sum of the tensors that the processes have here, to the same bits in each."""

    def close(self) -> None:
        """There are no more messages."""


class Sent:
    """By torch.distributed, which whoever uses it connects and disconnects; on any machines."""

    def gather(self, rows: Tensor) -> list[Tensor]:
        """As in `Messages`."""
        rows = rows.contiguous()
        parts = [torch.empty_like(rows) for _ in range(dist.get_world_size())]
        dist.all_gather(parts, rows)
        return parts

    def add(self, tensor: Tensor) -> Tensor:
        """As in `Messages`."""
        total = tensor.clone(memory_format=torch.contiguous_format)
        dist.all_reduce(total)
        return total

    def close(self) -> None:
        """As in `Messages`; nothing is left open here."""

"""A stand-in for a CUDA graph on the CPU: it records operations, and does them on the same tensors.

As in a recording of CUDA's, Python runs once, no value can be read, and a replay writes what was
returned to the same memory again. Otherwise than there, a recording also computes.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map_only

READ = (torch.ops.aten._local_scalar_dense.default, torch.ops.aten.nonzero.default)
REFUSAL = "operation not permitted when stream is capturing"


class Done(NamedTuple):
    """An operation that has written memory, with aliases of its tensors as they were then."""

    operation: Any
    args: Any
    named: Any
    out: Any

    def again(self) -> None:
        out = self.operation(*self.args, **self.named)
        if not self.operation._schema.is_mutable:
            for old, new in zip(tensors_of(self.out), tensors_of(out), strict=True):
                old.copy_(new)


class Recording(TorchDispatchMode):
    """Notes the operations that run under it, but for views: what they show is there anyway."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[Done] = []

    def __torch_dispatch__(
        self, operation: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        if operation in READ:
            raise RuntimeError(f"{REFUSAL}. Advice for developers follows.")
        before = tree_map_only(Tensor, Tensor.detach, (args, kwargs or {}))
        out = operation(*args, **(kwargs or {}))
        if writes(operation, before, out):
            self.done.append(Done(operation, *before, tree_map_only(Tensor, Tensor.detach, out)))
        return out


def writes(operation: Any, given: Any, out: Any) -> bool:
    """Whether an operation writes memory: what it was given, or what it returns anew."""
    if operation._schema.is_mutable:
        return torch.Tag.inplace_view not in operation.tags
    return {*map(memory_of, tensors_of(out))}.isdisjoint(map(memory_of, tensors_of(given)))


def memory_of(tensor: Tensor) -> int:
    return tensor.untyped_storage()._cdata


def tensors_of(tree: Any) -> list[Tensor]:
    return [leaf for leaf in tree_leaves(tree) if isinstance(leaf, Tensor)]


class RecordedGraph:
    """Has the methods of ``mcgan.engine.captured.Graph``; counts its replays."""

    def __init__(self) -> None:
        self.done: list[Done] = []
        self.replays = 0

    def warm_up(self, function: Callable[[], Any]) -> None:
        function()
        function()

    def record(self, function: Callable[[], Any]) -> Any:
        with Recording() as found:
            out = function()
        self.done = found.done
        return out

    def replay(self) -> None:
        self.replays += 1
        for done in self.done:
            done.again()

"""A step of two turns as one, and torch.compile's programs, called as cheaply as it allows."""

import sys
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any, TypeVar, cast

import torch
from torch import Tensor

from mcgan.engine.lane_numbers import LaneTensors
from mcgan.engine.packed import PackedTensors
from mcgan.engine.pure import PureMove
from mcgan.engine.replicas import StackedNetworks
from mcgan.engine.scalars import Measured, Scalars
from mcgan.rule import State
from mcgan.types import Moment, Player, Tensors

Function = TypeVar("Function", bound=Callable[..., Any])


class PureStep:
    """A step of two turns as one graph: to call a graph costs much of a small network's turn."""

    def __init__(self, replicas: StackedNetworks, moves: Sequence[PureMove]) -> None:
        self.replicas, self.moves = replicas, moves
        self.numbers = {move.player: move.numbers for move in moves}
        self.run = self.update

    @property
    def parts(self) -> tuple[Any, ...]:
        """All that decides what ``update`` computes of its tensors."""
        return tuple(move.parts for move in self.moves)

    def __call__(self, given: list[tuple[Tensor, Moment]]) -> list[Scalars]:
        """The scalars of each turn, which is given its data and its moment."""
        r = self.replicas
        turns = self.run(r.parameters, r.buffers, r.state, r.alive, self.numbers, given)
        return [Scalars(*measured) for measured in turns]

    def update(
        self,
        parameters: PackedTensors,
        buffers: Tensors,
        state: dict[Player, State],
        alive: Tensor,
        numbers: dict[Player, LaneTensors],
        given: list[tuple[Tensor, Moment]],
    ) -> list[Measured]:
        """Make the moves one after the other, as `PureMove.update` makes one."""
        return [
            move.update(parameters, buffers, state[move.player], alive, numbers[move.player], *each)
            for move, each in zip(self.moves, given, strict=True)
        ]


# The wrapper that calls the kernels is C++, not Python: calls are cheaper.
ON_CPU: dict[str, Any] = {"cpp_wrapper": True}
if sys.platform == "linux":
    # Vectors are what the processor has. To see whether torch's library has them too, torch would
    # build and load a program for each kind: eight seconds with an empty cache.
    ON_CPU["cpp.vec_isa_ok"] = True


def compile_lean(function: Function, device: torch.device) -> Function:
    """``function`` compiled at its first call for its first arguments' shapes and types.

    Three things make a call cheap or keep graphs apart:

    * No guards. By default every call checks that shapes, types and settings are those that were
      compiled for. A trainer's never change, and checking takes longer than a small network's turn.
    * ``ON_CPU``, which are options of this function alone, so trainers of several devices can live
      in one process.
    * A copy of the code. Torch finds compiled code by the code object, and without guards two
      functions with one code object would run each other's graph.
    """

    def run(*given: Any) -> Any:
        return function(*given)

    own = FunctionType(run.__code__.replace(), run.__globals__, "run", None, run.__closure__)
    options: dict[str, Any] = {"guard_filter_fn": torch.compiler.skip_all_guards_unsafe}
    if device.type == "cpu":
        options |= ON_CPU
    compiled = torch.compile(own, fullgraph=True, dynamic=False, options=options)
    return cast(Function, compiled)

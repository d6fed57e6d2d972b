"""Moves as CUDA graphs: recorded at their first call, later replayed by one call of the driver.

A graph does again what was recorded, on the tensors that it was recorded on. So what a turn is
given is copied into tensors that stay, and what it measured is copied out before the next turn.
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, cast

import torch
from torch import Tensor
from torch.utils._pytree import tree_flatten, tree_leaves, tree_map_only, tree_unflatten

from mcgan.engine.compiled import Function
from mcgan.engine.pure import PureMove
from mcgan.engine.traced import HELD
from mcgan.engine.trainer import Trainer
from mcgan.errors import one_line

log = logging.getLogger(__name__)

WARM_UPS = 3  # libraries choose their kernels and compilers compile before a recording


class Graph(Protocol):
    """What records the device's work and does it again; `CudaGraph` is one."""

    def warm_up(self, function: Callable[[], Any]) -> None:
        """Calls a function some times, as it must be before it is recorded."""

    def record(self, function: Callable[[], Any]) -> Any:
        """What the function returns, which `replay` fills. Raises RuntimeError where it cannot."""

    def replay(self) -> None:
        """Does what was recorded once more, on the same tensors."""


class CudaGraph:
    """A graph of the CUDA driver. Graphs of one ``pool`` share memory: only one replays at a time,
    and what it returned is copied before the next one."""

    def __init__(self, pool: Any) -> None:
        self.graph, self.pool = torch.cuda.CUDAGraph(), pool

    def warm_up(self, function: Callable[[], Any]) -> None:
        """As in `Graph`, on a stream of its own, as CUDA asks."""
        here, aside = torch.cuda.current_stream(), torch.cuda.Stream()
        aside.wait_stream(here)
        with torch.cuda.stream(aside):
            for _ in range(WARM_UPS):
                function()
        here.wait_stream(aside)

    def record(self, function: Callable[[], Any]) -> Any:
        """As in `Graph`; what the function returns lies in the memory of the pool."""
        with torch.cuda.graph(self.graph, pool=self.pool):
            return function()

    def replay(self) -> None:
        """As in `Graph`; the host does not wait for it."""
        self.graph.replay()


class Captured:
    """What runs a move or a step: its first call is recorded, later ones are replayed.

    ``run(parameters, buffers, state, alive, numbers, *given)`` writes into the first four; the
    first five are the same tensors at every call. Where it cannot be recorded the log says why,
    and it is run as it is. ``what`` it is, is for the log.
    """

    def __init__(self, run: Callable[..., Any], what: str, graph: Graph) -> None:
        self.run, self.what, self.graph = run, what, graph
        self.call: Callable[..., Any] = self.begin

    def __call__(self, *given: Any) -> Any:
        return self.call(*given)

    @property
    def replays(self) -> bool:
        """Whether calls are replayed: not before the first one, nor where it was not recorded."""
        return self.call == self.replay

    def begin(self, *all_given: Any) -> Any:
        """The first call: it is tried and recorded, what that changed is put back; then made."""
        held, given = all_given[:HELD], all_given[HELD:]
        before = [tensor.clone() for tensor in tree_leaves(held)]
        leaves, form = tree_flatten(given)
        self.inputs = [leaf.clone() for leaf in leaves]
        again = partial(self.run, *held, *tree_unflatten(self.inputs, form))
        self.graph.warm_up(again)
        self.call = self.record(again)
        torch._foreach_copy_(tree_leaves(held), before)
        return self.call(*held, *given)

    def record(self, again: Callable[[], Any]) -> Callable[..., Any]:
        """What makes the calls from now on."""
        try:
            self.outputs = self.graph.record(again)
        except RuntimeError as error:
            log.warning(
                "%s cannot be captured, and is computed as it is: %s", self.what, why(error)
            )
            return self.run
        return self.replay

    def replay(self, *given: Any) -> Any:
        """What is measured in a call, copied: the graph writes it to the same place again."""
        torch._foreach_copy_(self.inputs, tree_leaves(given[HELD:]))
        self.graph.replay()
        return tree_map_only(Tensor, Tensor.clone, self.outputs)


def why(error: RuntimeError) -> str:
    """The first sentence of an error of torch's, which goes on with advice for its developers."""
    return one_line(error).partition(". ")[0][:200]


def capture(trainer: Trainer, graph: Callable[[], Graph] | None = None) -> None:
    """Lets a trainer's turns run as graphs, each from its next call on: they must be pure moves.

    ``graph`` makes one; by default they are CUDA's.
    """
    graph = graph or partial(CudaGraph, torch.cuda.graph_pool_handle())

    def captured(run: Function, what: str) -> Function:
        return cast(Function, Captured(run, what, graph()))

    for player, move in trainer.moves.items():
        assert isinstance(move, PureMove)
        move.run = captured(move.run, f"the turn of {player}")
    if step := trainer.compiled_step:
        step.run = captured(step.run, "the step")

"""A move or a step as a graph of torch's operations, found without computing anything."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.func import functionalize
from torch.fx import GraphModule
from torch.utils._pytree import tree_flatten, tree_unflatten

from mcgan.engine.scalars import Measured
from mcgan.engine.zeros import remove_zeros

HELD = 5  # parameters, buffers, state, alive and the lanes' numbers: the same at every call


class Form(NamedTuple):
    """What a run returns besides numbers: each turn's names, and whether turns are a list."""

    names: list[tuple[str, ...]]
    listed: bool

    def fill(self, rows: Sequence[Tensor]) -> Any:
        """What the run returns, from each turn's numbers."""
        turns: list[Measured] = list(zip(self.names, rows, strict=True))
        return turns if self.listed else turns[0]


class TracedGraph(NamedTuple):
    """A function's graph, whose inputs are the tensors that it was given, and its form."""

    module: GraphModule
    form: Form


class OfLeaves:
    """A move or a step as a function of its tensors, one after the other."""

    def __init__(self, run: Callable[..., Any], spec: Any) -> None:
        self.run, self.spec = run, spec

    def __call__(self, *leaves: Tensor) -> tuple[Tensor, ...]:
        """Each turn's numbers; ``form`` says what is left of what the function returns."""
        measured = self.run(*tree_unflatten(leaves, self.spec))
        listed = isinstance(measured, list)
        turns: list[Measured] = measured if listed else [measured]
        self.form = Form([names for names, _ in turns], listed)
        return tuple(rows for _, rows in turns)


def trace(run: Callable[..., Any], given: Sequence[Any]) -> TracedGraph:
    """The graph of ``run(*given)``. It writes into its inputs at its end, as the function does."""
    from torch.fx.experimental.proxy_tensor import make_fx  # with what traces: half a second

    leaves, spec = tree_flatten(tuple(given))
    whole = OfLeaves(run, spec)
    with torch.no_grad(), said_to_compile():
        module = make_fx(
            functionalize(lambda *each: whole(*each)),
            tracing_mode="fake",
            _allow_non_fake_inputs=True,  # constants of the game's
        )(*leaves)
    return TracedGraph(remove_zeros(module), whole.form)


@contextmanager
def said_to_compile() -> Iterator[None]:
    """Within it torch says that it compiles: rules then take their formulas of plain operations."""
    before = torch.compiler._is_compiling_flag
    torch.compiler._is_compiling_flag = True
    try:
        yield
    finally:
        torch.compiler._is_compiling_flag = before


def list_turns(given: Sequence[Any]) -> list[Tensor]:
    """The tensors of what turns are given, in the order that a graph takes them.

    ``given`` is the data and the moment of a turn, or one list of such pairs.
    """
    turns = given[0] if len(given) == 1 else [given]
    return [
        tensor for x, moment in turns for tensor in (x, *moment.noise.values(), moment.progress)
    ]


def words_of_graph(graph: TracedGraph, given: Sequence[Tensor]) -> str:
    """Equal for graphs that compute the same of tensors of the same shapes and layouts."""
    nodes, module = graph.module.graph.nodes, graph.module
    constants = [getattr(module, str(node.target)) for node in nodes if node.op == "get_attr"]
    values = [f"{layout(value)} {value.tolist()!r}" for value in constants]
    layouts = [layout(tensor) for tensor in given]
    return "\n".join([module.code, *values, *layouts, repr(graph.form)])


def layout(tensor: Tensor) -> str:
    """A tensor's type, shape, strides and device in words."""
    return f"{tensor.dtype} {tuple(tensor.shape)} {tensor.stride()} {tensor.device}"

"""A compiled function called by its graph alone, without what torch does around every call.

Torch looks up the code, unpacks the arguments and wraps the results anew at each call: of a small
network's step that takes an eighth or more. Here the tensors go to the graph's kernels as they are.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from torch import Tensor
from torch.utils._pytree import tree_flatten, tree_unflatten


class GraphCall(NamedTuple):
    """A call of a compiled graph that torch came to."""

    graph: Any
    given: list[Any]
    out: Any


class DirectCall:
    """A compiled function of trees of tensors, of one form at every call.

    Its first call finds out which of the tensors torch hands to which graph. Where it comes to
    several graphs, or to tensors that it was not given, every call is left to torch.
    """

    def __init__(self, compiled: Callable[..., Any]) -> None:
        self.compiled = compiled
        self.call: Callable[..., Any] = self.begin

    def __call__(self, *given: Any) -> Any:
        return self.call(*given)

    def begin(self, *given: Any) -> Any:
        with noted_graphs() as calls:
            found = self.compiled(*given)
        self.call = find_direct(calls, given, found) or self.compiled
        return found


@contextmanager
def noted_graphs() -> Iterator[list[GraphCall]]:
    """The calls of compiled graphs that are made meanwhile."""
    from torch._inductor.output_code import CompiledFxGraph  # loads the compiler: late

    calls: list[GraphCall] = []
    usual = CompiledFxGraph.__call__

    def noted(graph: Any, inputs: Any) -> Any:
        given = list(inputs)  # the graph clears its list
        out = usual(graph, inputs)
        calls.append(GraphCall(graph, given, out))
        return out

    CompiledFxGraph.__call__ = noted  # type: ignore[method-assign, assignment]
    try:
        yield calls
    finally:
        CompiledFxGraph.__call__ = usual  # type: ignore[method-assign]


def find_direct(calls: list[GraphCall], given: Any, found: Any) -> Callable[..., Any] | None:
    """What makes later calls; None: torch has done more than to call one graph."""
    leaves, form = tree_flatten(found)
    places = {id(tensor): place for place, tensor in enumerate(tensors_of(given))}
    if len(calls) != 1 or any(id(each) not in places for each in calls[0].given):
        return None
    outs = {id(out): place for place, out in enumerate(calls[0].out)}
    if any(isinstance(leaf, Tensor) and id(leaf) not in outs for leaf in leaves):
        return None
    order = [places[id(each)] for each in calls[0].given]
    sources = [outs.get(id(leaf)) for leaf in leaves]
    run = calls[0].graph.current_callable

    def direct(*again: Any) -> Any:
        tensors = [*tensors_of(again)]
        out = run([tensors[place] for place in order])
        fresh = [
            leaf if source is None else out[source]
            for leaf, source in zip(fixed, sources, strict=True)
        ]
        return tree_unflatten(fresh, form)

    fixed = [None if isinstance(leaf, Tensor) else leaf for leaf in leaves]  # such as names
    return direct


def tensors_of(tree: Any) -> Iterator[Tensor]:
    """The tensors of nested dicts, lists and tuples, in their order."""
    if isinstance(tree, Tensor):
        yield tree
    else:
        for part in tree.values() if isinstance(tree, dict) else tree:
            yield from tensors_of(part)

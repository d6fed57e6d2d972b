"""Graphs without zeros: what they no longer compute, and that they compute the same."""

import pytest
import torch
from torch.utils._pytree import tree_leaves

from mcgan.engine import traced
from mcgan.types import Moment
from small import trainer

PRODUCTS = {torch.ops.aten.bmm.default, torch.ops.aten.mm.default}


def turn_of(activation):
    """The critic's turn of a game with a gradient penalty, and what it is called with."""
    made = trainer(objective="wgan_gp", compiled=True, words=(f"arch.activation={activation}",))
    move, r = made.moves["D"], made.replicas
    x, noise = made.draws(0, 0)
    held = r.parameters, r.buffers, r.state["D"], r.alive, move.numbers
    return move.update, (*held, x, Moment(noise, made.progress()))


def count(graph):
    return sum(node.target in PRODUCTS for node in graph.module.graph.nodes)


def results(graph, given):
    """What a graph returns and what it has written, of copies of what it is given."""
    copies = [tensor.clone() for tensor in tree_leaves(given)]
    return [*graph.module(*copies), *copies]


def test_second_derivatives_of_piecewise_linear_nets_cost_nothing(monkeypatch):
    update, given = turn_of("leaky_relu")
    lean = traced.trace(update, given)
    monkeypatch.setattr(traced, "remove_zeros", lambda module: module)
    whole = traced.trace(update, given)
    # Four layers: for each its weights' product, and for all but the first the way back.
    assert count(whole) - count(lean) == 7
    for one, other in zip(results(lean, given), results(whole, given), strict=True):
        assert torch.equal(one, other)


def test_smooth_nets_keep_all_products(monkeypatch):
    update, given = turn_of("silu")
    lean = traced.trace(update, given)
    monkeypatch.setattr(traced, "remove_zeros", lambda module: module)
    assert count(lean) == count(traced.trace(update, given))


FUNCTIONS = {
    "a product": lambda x: (torch.zeros_like(x) @ x, []),
    "what only zeros would know": lambda x: ((torch.zeros_like(x) @ x).cos(), ["full", "cos"]),
    "a sum": lambda x: (x + (torch.zeros_like(x) @ x).mT, []),
    "a sum of another shape": lambda x: (x[0] + torch.zeros_like(x), ["add", "full", "select"]),
    "a sum that lies otherwise": lambda x: (
        (torch.zeros_like(x) + x.mT).view(9),
        ["reshape", "transpose"],
    ),
    "no zeros": lambda x: ((x @ x) * 0.5, ["mm", "mul"]),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_zeros_are_followed_as_far_as_they_stay_zeros(name):
    x = torch.randn(3, 3, generator=torch.Generator().manual_seed(0))
    graph = traced.trace(lambda x: (("found",), FUNCTIONS[name](x)[0]), (x,))
    value, names = FUNCTIONS[name](x)
    assert torch.equal(graph.module(x)[0], value)
    called = [n.target.__name__.split(".")[0] for n in graph.module.graph.nodes if "call" in n.op]
    assert sorted(called) == sorted(names or called[:1])

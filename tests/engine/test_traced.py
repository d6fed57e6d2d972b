"""The graph of a move or a step: what is in it, what is not, and the order of its inputs."""

import torch
from torch.utils._pytree import tree_leaves

from mcgan.engine.traced import HELD, Form, list_turns, trace, words_of_graph
from mcgan.types import Moment
from small import largest_difference, trainer


def given_of(made):
    """What the first step or turn of a compiled trainer is called with."""
    turns = [(x, Moment(z, made.progress())) for x, z in (made.draws(0, t) for t in (0, 1))]
    r = made.replicas
    if made.compiled_step:
        step = made.compiled_step
        return step, (r.parameters, r.buffers, r.state, r.alive, step.numbers, turns)
    move = made.moves["D"]
    return move, (r.parameters, r.buffers, r.state["D"], r.alive, move.numbers, *turns[0])


def words_of(*names, **words):
    made, given = given_of(trainer(*names, compiled=True, **words))
    return words_of_graph(trace(made.update, given), tree_leaves(given))


def test_tracing_computes_nothing_and_leaves_torch_as_it_was():
    made = trainer("replay", compiled=True)
    before = {name: tensor.clone() for name, tensor in made.replicas.tensors.items()}
    step, given = given_of(made)
    form = trace(step.update, given).form
    assert largest_difference(before, made.replicas.tensors) == 0
    assert not torch.compiler.is_compiling()
    assert form.listed and [names[0] for names in form.names] == ["loss", "loss"]


def test_a_turn_alone_is_no_list():
    move, given = given_of(trainer(objective="wgan_gp", compiled=True))
    graph = trace(move.update, given)
    assert not graph.form.listed
    names, rows = graph.form.fill(graph.module(*tree_leaves(given)))
    assert names[-1] == "grad_norm" and rows.shape == (len(names), 1)


def test_inputs_are_taken_in_the_order_of_the_graph():
    for objective in ("non_saturating", "wgan_gp"):
        _, given = given_of(trainer("dragan", objective=objective, compiled=True))
        leaves = [*tree_leaves(given[:HELD]), *list_turns(given[HELD:])]
        assert all(a is b for a, b in zip(leaves, tree_leaves(given), strict=True))


def test_words_tell_graphs_apart_and_not_weights_or_lengths():
    plain = words_of("r1")
    assert plain == words_of("r1", seed=3, words=("train.steps=40",))
    assert plain != words_of("r1", r1={"gamma": 3.5}) != words_of("r1", replicas=2)


def test_words_have_the_values_of_constants_and_the_names_of_scalars():
    x = torch.zeros(2)

    def words(constant, name):
        graph = trace(lambda *held: ((name,), held[-1] * constant), (x,))
        return words_of_graph(graph, [x])

    one, two = torch.tensor([1.0, 2.0]), torch.tensor([1.0, 3.0])
    assert words(one, "loss") == words(one.clone(), "loss")
    assert words(one, "loss") != words(two, "loss") and words(one, "loss") != words(one, "norm")


def test_a_form_gives_back_what_was_measured():
    rows = torch.ones(1, 2)
    assert Form([("loss",)], listed=False).fill([rows]) == (("loss",), rows)
    assert Form([("loss",)], listed=True).fill([rows]) == [(("loss",), rows)]

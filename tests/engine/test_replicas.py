"""The tensors of one network and of many answer the same questions."""

import pytest
import torch

from mcgan.engine.replicas import OneNetwork, Replicas, StackedNetworks, flatten
from small import largest_difference, run, trainer

NAMES = ("replay", "ema")


def replicas(count: int, **words) -> Replicas:
    return trainer(*NAMES, replicas=count, **words).replicas


def test_one_network_is_trained_in_place_and_many_are_stacked():
    one, many = replicas(1), replicas(3)
    assert isinstance(one, OneNetwork) and isinstance(many, StackedNetworks)
    assert (len(one), len(many)) == (1, 3)
    assert vars(one).keys() == Replicas.__annotations__.keys() - {"stacked"} <= vars(many).keys()
    for name, tensor in one.tensors.items():
        assert many.tensors[name].shape == (3, *tensor.shape)
        torch.testing.assert_close(many.replica(0)[name], tensor.detach())


def test_a_stacked_networks_tensors_are_its_packed_parameters_and_its_buffers():
    many = replicas(2)
    owned = {*many.owned["D"], *many.owned["G"]}
    assert owned | many.buffers.keys() == many.tensors.keys() and not owned & many.buffers.keys()
    with torch.no_grad():
        many.parameters["G"] += 1.0
    shifted = replicas(2).tensors
    for name, tensor in many.tensors.items():
        torch.testing.assert_close(tensor, shifted[name] + (name in many.owned["G"]))


@pytest.mark.parametrize("count", [1, 2])
def test_a_replica_is_a_view_without_gradient(count):
    made = replicas(count)
    mine = made.replica(count - 1)
    assert not any(tensor.requires_grad for tensor in mine.values())
    mine["D.head.bias"].fill_(7.0)
    assert made.replica(count - 1)["D.head.bias"].item() == 7
    assert count == 1 or made.replica(0)["D.head.bias"].item() != 7


@pytest.mark.parametrize("count", [1, 2])
def test_a_function_of_each_replica_is_that_of_its_own_tensors(count):
    made, x = replicas(count), torch.arange(4.0 * count).view(count, 4)
    found = made.for_each(lambda tensors, row: {"sum": tensors["D.head.bias"].sum() + row}, x)
    assert found["sum"].shape == (count, 4)
    for i in range(count):
        expected = made.replica(i)["D.head.bias"].sum() + x[i]
        torch.testing.assert_close(found["sum"][i], expected)


def test_fewer_rows_ask_the_first_replicas():
    made = replicas(3)
    found = made.for_each(lambda tensors, row: tensors["D.head.bias"] + row, torch.zeros(2, 1))
    torch.testing.assert_close(found, made.tensors["D.head.bias"][:2])


@pytest.mark.parametrize("count", [1, 3])
def test_a_replica_that_overflowed_is_not_finite(count):
    made = replicas(count)
    assert made.is_finite() == [True] * count
    made.replica(count - 1)["D.head.bias"].fill_(torch.inf)
    assert made.is_finite() == [*[True] * (count - 1), False]


def test_a_tensor_like_the_networks_has_their_type():
    for count in (1, 2):
        like = replicas(count, dtype=torch.float64).like
        assert torch.zeros(2).to(like).dtype == torch.float64 and not like.requires_grad


@pytest.mark.parametrize("count", [1, 2])
def test_a_checkpoint_restores_tensors_rules_and_who_lives(count):
    trained, again = trainer(*NAMES, replicas=count), trainer(*NAMES, replicas=count)
    run(trained, 2)
    trained.replicas.alive.fill_(False)
    again.replicas.restore(trained.replicas.checkpoint())
    assert largest_difference(again.replicas.tensors, trained.replicas.tensors) == 0
    assert not again.replicas.alive.any()
    for player, slots in trained.replicas.state.items():
        for slot, tensors in slots.items():
            assert largest_difference(again.replicas.state[player][slot], tensors) == 0


def test_flatten_names_nested_tensors_by_their_path():
    tree = {"a": {"b": torch.ones(1)}, "c": torch.ones(2), "count": 3}
    assert flatten(tree).keys() == {"a/b", "c"}

import torch
from torch.func import functional_call

from mcgan.blocks.weight_copy import WeightCopy, weights_of
from mcgan.gan.strategy import Strategy
from small import game


def copied() -> tuple[Strategy, WeightCopy]:
    strategy = Strategy()
    strategy.name = "mine"
    return strategy, WeightCopy(strategy, "mean", {"D.head.bias": torch.ones(2)})


def test_a_copy_is_a_buffer_named_after_its_weight():
    strategy, _ = copied()
    assert [name for name, _ in strategy.named_buffers()] == ["mean__D__head__bias"]


def test_a_copy_does_not_follow_its_weight():
    strategy, weight = Strategy(), torch.ones(2)
    held = WeightCopy(strategy, "old", {"w": weight})
    weight.fill_(5.0)
    assert torch.equal(held.current()["w"], torch.ones(2))


def test_what_is_written_is_what_is_read():
    _, held = copied()
    tensors = held.write({"D.head.bias": torch.full((2,), 3.0), "D.other": torch.zeros(1)})
    assert tensors.keys() == {"reg.mine.mean__D__head__bias"}
    assert torch.equal(held.read(tensors)["D.head.bias"], torch.full((2,), 3.0))


def test_in_a_turn_it_is_the_copy_of_that_turn():
    """A functional call puts other tensors in the place of a strategy's buffers."""

    class Holder(Strategy):
        def forward(self) -> torch.Tensor:
            return self.held.current()["w"]

    holder = Holder()
    holder.held = WeightCopy(holder, "old", {"w": torch.zeros(1)})
    assert functional_call(holder, {"old__w": torch.ones(1)}, ()) == 1
    assert holder() == 0


def test_weights_are_found_by_their_full_names():
    made = game()
    weights = weights_of(made, made.owned("G"))
    assert list(weights) == made.owned("G")
    assert all(weights[name] is made.get_parameter(name) for name in weights)

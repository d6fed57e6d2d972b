"""The compiled step is the eager one. Compiling each strategy by itself is in slow/."""

from collections.abc import Iterator

import pytest
import torch

from mcgan.errors import UserError
from mcgan.strategy import Moment
from mcgan.trainer import Trainer
from small import STRATEGIES, largest_difference, traced, trainer


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    torch._dynamo.reset()


def composes(names: list[str]) -> bool:
    try:
        trainer(*names)
    except UserError:
        return False
    return True


def chains(names: list[str]) -> list[list[str]]:
    """All of these that train on vectors, in as few chains as compose."""
    left, found = [name for name in names if composes([name])], []
    while left:
        chain: list[str] = []
        for name in left:
            orders = ([*chain, name], [name, *chain])
            chain = next((order for order in orders if composes(order)), chain)
        left = [name for name in left if name not in chain]
        found.append(chain)
    return found


GROUPS = [STRATEGIES[i : i + 4] for i in range(0, len(STRATEGIES), 4)]  # long chains trace long


def one_turn_each(trainer: Trainer) -> None:
    for turn, player in enumerate(("D", "G")):
        x, noise = trainer.draws(0, turn)
        trainer.moves[player](x, Moment(noise, torch.zeros(())))


@pytest.mark.parametrize("names", GROUPS, ids="+".join)
def test_every_strategy_traces_whole(names):
    for chain in chains(names):
        eager, compiled = (trainer(*chain, pure=pure, compiled=True) for pure in (True, False))
        one_turn_each(eager)
        one_turn_each(traced(compiled, backend="aot_eager"))
        assert largest_difference(eager.tensors, compiled.tensors) < 1e-5
        torch._dynamo.reset()


def test_the_compiled_critics_move_is_the_eager_one():
    names, words = ("minibatch", "replay", "ema"), {"objective": "wgan_gp", "replicas": 2}
    eager, compiled = (trainer(*names, compiled=c, words=("arch.depth=1",), **words)
                       for c in (False, True))
    for each in (eager, compiled):
        x, noise = each.draws(0, 0)
        each.moves["D"](x, Moment(noise, torch.zeros(())))
    assert largest_difference(eager.tensors, compiled.tensors) < 1e-5

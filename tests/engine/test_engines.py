"""Which of the ways to compute a step a trainer takes."""

import pytest
import torch

from mcgan.arch.dcgan import DCGAN
from mcgan.engine.compiled import PureStep
from mcgan.engine.in_place import InPlaceMove
from mcgan.engine.pure import PureMove
from mcgan.engine.replicas import OneNetwork, StackedNetworks
from mcgan.engine.trainer import Trainer
from mcgan.gan.autodiff import Classic, Functional
from mcgan.gan.chain import Chain
from mcgan.gan.game import Game
from mcgan.objective import NonSaturating, Objective, Wasserstein
from mcgan.optim import SGD
from small import Straight

PICTURES = (3, 28, 28)


def made(
    replicas: int = 1, objective: Objective | None = None, shape: tuple[int, ...] = (3,), **words
) -> Trainer:
    arch = DCGAN(latent=4, width=2, critic_width=2) if shape == PICTURES else Straight()

    def build(seed: int) -> Game:
        torch.manual_seed(seed)
        chain = Chain({}, arch.latent)
        return Game(arch, objective or NonSaturating(), chain, shape, batch=4, steps=10)

    return Trainer(
        build,
        lambda n, generator: torch.randn(n, *shape, generator=generator),
        SGD(lr=1e-3),
        [*range(replicas)],
        **words,
    )


@pytest.mark.parametrize(
    "words, replicas, move, autodiff",
    [
        ({}, OneNetwork, InPlaceMove, Classic),
        ({"shape": PICTURES}, OneNetwork, InPlaceMove, Classic),
        ({"replicas": 2}, StackedNetworks, PureMove, Functional),
        ({"replicas": 2, "shape": PICTURES}, StackedNetworks, PureMove, Classic),  # one by one
        ({"compiled": True}, StackedNetworks, PureMove, Functional),
        ({"compiled": True, "shape": PICTURES}, StackedNetworks, PureMove, Functional),
    ],
)
def test_a_trainer_takes_the_quickest_way(words, replicas, move, autodiff):
    trainer = made(**words)
    assert type(trainer.replicas) is replicas
    assert {type(each) for each in trainer.moves.values()} == {move}
    assert type(trainer.game.autodiff) is autodiff
    assert (trainer.compiled_step is not None) == words.get("compiled", False)


def test_a_step_of_many_turns_is_no_single_graph():
    trainer = made(compiled=True, objective=Wasserstein(critic_steps=2))
    assert trainer.turns == ["D", "D", "G"] and trainer.compiled_step is None
    assert isinstance(made(compiled=True).compiled_step, PureStep)


@pytest.mark.parametrize("objective", [NonSaturating(generator_steps=2), Wasserstein(catch_up=2)])
def test_steps_that_differ_are_no_single_graph(objective):
    assert made(compiled=True, objective=objective).compiled_step is None


def test_only_compiled_moves_run_something_else_than_themselves():
    eager, compiled = made(replicas=2).moves, made(replicas=2, compiled=True).moves
    for player in ("D", "G"):
        assert eager[player].run == eager[player].update
        assert compiled[player].run != compiled[player].update


@pytest.mark.parametrize("count", [1, 2])
def test_convolutions_learn_whichever_way(count):
    trainer = made(count, shape=PICTURES)
    before = {name: t.detach().clone() for name, t in trainer.replicas.tensors.items()}
    trainer.step()
    assert all(
        not torch.equal(t, before[name])
        for name, t in trainer.replicas.tensors.items()
        if name.endswith("weight")
    )

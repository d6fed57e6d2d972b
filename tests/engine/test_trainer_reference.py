"""The trainer against a loop written out with torch.optim: same draws, same weights."""

import pytest
import torch
from torch.nn.functional import softplus

from mcgan.arch.base import Arch
from mcgan.arch.dcgan import DCGAN
from mcgan.arch.mlp import MLP
from mcgan.engine.trainer import Trainer
from mcgan.gan.chain import Chain
from mcgan.gan.game import Game
from mcgan.objective import NonSaturating
from mcgan.optim import SGD, Adam, Optim, RMSprop
from mcgan.types import Player

CASES = {
    "mlp": (MLP(latent=4, width=8), (2,)),
    "conv": (DCGAN(latent=4, width=2, critic_width=2), (3, 28, 28)),
}
RULES = {
    "adam": (Adam(lr=1e-2, betas=[0.5, 0.9]), torch.optim.Adam, {"betas": (0.5, 0.9)}),
    "rmsprop": (RMSprop(lr=1e-2), torch.optim.RMSprop, {"alpha": 0.99}),
    "sgd": (SGD(lr=1e-2, momentum=0.9), torch.optim.SGD, {"momentum": 0.9}),
}


def trainer(arch: Arch, shape: tuple[int, ...], optim: Optim, seeds: list[int]) -> Trainer:
    def build(seed: int) -> Game:
        torch.manual_seed(seed)
        return Game(arch, NonSaturating(), Chain({}, arch.latent), shape, batch=6, steps=10)

    def data(n: int, generator: torch.Generator) -> torch.Tensor:
        return torch.randn(n, *shape, generator=generator)

    return Trainer(build, data, optim, seeds, dtype=torch.float64)


def by_hand(ours: Trainer, kind: type[torch.optim.Optimizer], settings: dict, steps: int) -> None:
    """The tutorials' loop on the trainer's own game and draws."""
    game, draws = ours.game, ours.draws
    players: tuple[Player, ...] = ("D", "G")
    optims = {
        p: kind(
            [dict(game.named_parameters())[n] for n in game.owned(p)],
            lr=1e-2,
            foreach=False,
            **settings,
        )
        for p in players
    }
    for step in range(steps):
        x, noise = draws(step, 0)
        loss = softplus(-game.D(x).score) + softplus(game.D(game.G.net(noise["z"]).detach()).score)
        optims["D"].zero_grad()
        loss.mean().backward()
        optims["D"].step()
        _, noise = draws(step, 1)
        optims["G"].zero_grad()
        softplus(-game.D(game.G.net(noise["z"])).score).mean().backward()
        optims["G"].step()


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("rule", RULES)
def test_a_trainer_is_the_loop_of_the_tutorials(case: str, rule: str) -> None:
    (arch, shape), (optim, kind, settings) = CASES[case], RULES[rule]
    ours, hand = (trainer(arch, shape, optim, [0]) for _ in range(2))
    for _ in range(3):
        ours.step()
    by_hand(hand, kind, settings, 3)
    for name, tensor in hand.game.tensors().items():
        trained = ours.replicas.tensors[name]
        torch.testing.assert_close(trained, tensor, rtol=1e-9, atol=1e-9, msg=name)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("rule", RULES)
def test_replicas_are_that_loop_too(case: str, rule: str) -> None:
    (arch, shape), (optim, kind, settings) = CASES[case], RULES[rule]
    both, hand = trainer(arch, shape, optim, [3, 0]), trainer(arch, shape, optim, [0])
    for _ in range(3):
        both.step()
    by_hand(hand, kind, settings, 3)
    for name, tensor in hand.game.tensors().items():
        trained = both.replicas.replica(1)[name]
        torch.testing.assert_close(trained, tensor.detach(), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("rule", RULES)
def test_a_gradient_of_another_memory_layout_moves_the_right_weights(rule: str) -> None:
    optim, _, _ = RULES[rule]
    weight, grad = torch.randn(3, 4), torch.randn(3, 4)
    moved = []
    for laid in (grad, grad.t().contiguous().t()):  # the same numbers, by rows and by columns
        params = {"w": weight.clone()}
        optim.step_(params, {"w": laid}, optim.start(params), torch.zeros(()))
        moved.append(params["w"])
    torch.testing.assert_close(*moved)

"""The games behind the pictures: those that ``mcgan train`` would build from the same words."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from mcgan.config.compose import compose
from mcgan.dataset._gaussian import Gaussians
from mcgan.dataset.vectors import GaussianModes
from mcgan.engine.draws import DrawData
from mcgan.engine.trainer import Trainer
from mcgan.experiment.components import Components, build_components
from mcgan.explain._progress import counted
from mcgan.gan.game import Game
from mcgan.gan.turn import critic_with
from mcgan.types import CriticOutput, Moment

# A lesson shows one thing at a time, on the plain nets of the papers.
PLAIN_NETS = ("arch=mlp",)
# Of wgan_gp, its paper's: with the weaker one of our defaults D measures distances too large.
PENALTY = "reg.gradient_penalty.weight=10"


def parts_of(*words: str) -> Components:
    """What ``mcgan train WORDS`` is made of, on plain nets where the words ask for no others."""
    return parts_as_typed(*PLAIN_NETS, *words)


def parts_as_typed(*words: str) -> Components:
    """What ``mcgan train WORDS`` is made of, with the nets that it takes by itself."""
    return build_components(compose("name=explain", "train.device=cpu", *words).config)


def trainer_of(
    parts: Components,
    seeds: Sequence[int],
    build: Callable[[int], Game] | None = None,
    data: DrawData | None = None,
) -> Trainer:
    """A trainer of these parts, one replica per seed; ``build`` and ``data`` may be others."""
    return Trainer(build or parts.game, data or parts.dataset.draw, parts.optim, list(seeds))


def draw_turn(trainer: Trainer, turn: int, turns: int) -> tuple[Tensor, Moment]:
    """The batch and the draws of one of D's turns, where D alone makes `turns` of them."""
    x, noise = trainer.draws(turn, 0)
    return x, Moment(noise, torch.tensor(turn / turns))


def train_critic(trainer: Trainer, turns: int) -> Tensor:
    """Train D alone against the generator as it is. Its loss in every turn, (turns, *replicas)."""
    losses = [
        trainer.moves["D"](*draw_turn(trainer, turn, turns))["loss"] for turn in counted(turns)
    ]
    return torch.stack(losses)


def verdict(trainer: Trainer, x: Tensor, replica: int = 0) -> CriticOutput:
    """The output of one replica's critic at x (B, *S)."""
    return critic_with(trainer.game.D, trainer.replicas.replica(replica))(x)


class Held(nn.Module):
    """A generator that never learns: samples even over `centres` (K, d), with noise of one std.

    Latents are 1 + d wide: the first picks the centre, the rest are the noise.
    """

    centres: Tensor

    def __init__(self, centres: Tensor, std: float) -> None:
        super().__init__()
        self.register_buffer("centres", centres.float().clone())
        self.std = std

    def forward(self, z: Tensor, origin: Tensor) -> Tensor:
        """Points (B, d) near centres, picked by the latent's first column."""
        share = torch.special.ndtr(z[:, 0]) * len(self.centres)
        mode = share.long().clamp(max=len(self.centres) - 1)
        return self.centres[mode] + self.std * z[:, 1:]


def law(parts: Components) -> Gaussians:
    """The modes of the data, in net units."""
    assert isinstance(parts.dataset, GaussianModes)
    return parts.dataset.law


def against(parts: Components, generator: nn.Module, seed: int) -> Game:
    """The game of one seed, its generator replaced."""
    game = parts.game(seed)
    game.G = generator
    return game

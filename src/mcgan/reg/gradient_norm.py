"""Gradient normalisation of the critic (Wu et al. 2021)."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from mcgan.functional import normalise_gradient
from mcgan.gan.autodiff import Classic
from mcgan.gan.compatibility import forbid_batch_norm
from mcgan.gan.game import Game, MakeCritic
from mcgan.gan.networks import Critic
from mcgan.gan.strategy import Strategy
from mcgan.types import CriticCall, CriticOutput


@dataclass(eq=False, repr=False)
class GradientNorm(Strategy):
    """The critic's score becomes f / (|grad f| + |f|), within (-1, 1); a pack has one gradient.

    Where f is piecewise linear, as with (leaky) ReLUs, its slope is then at most 1.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        self._games: list[Game] = []  # listed: no parts of the strategy
        self._critics: list[Critic] = []

    def discriminator(self, make: MakeCritic) -> MakeCritic:
        def normalised(shape: tuple[int, ...]) -> Critic:
            critic = make(shape)
            self._critics.append(critic)
            critic.forward = self._normalised(critic.forward)  # type: ignore[assignment, method-assign]
            return critic
        return normalised

    def setup(self, game: Game, data: Any) -> None:
        self._games.append(game)
        if not any(game.D is critic for critic in self._critics):
            raise ValueError("another strategy changes the score after it is normalised: "
                             "put this last among the strategies of 'reg'")
        forbid_batch_norm(game, "gradient normalisation, which is per example")
        if game.D.judges_batches:
            self.notes.append(f"{self.name}: the critic judges batches, so the gradient of the "
                              "summed scores, which normalises, includes cross terms")

    def _normalised(self, plain: CriticCall) -> CriticCall:
        def total(x: Tensor) -> tuple[Tensor, CriticOutput]:
            verdict = plain(x)
            return verdict.score.sum(), verdict

        def normalised(x: Tensor) -> CriticOutput:
            autodiff = self._games[0].autodiff if self._games else Classic()
            with torch.enable_grad():  # a critic is also asked where nothing is trained
                slope, verdict = autodiff.of_input(total, x)
            f = verdict.score
            rows = slope.reshape(f.shape[0], -1)
            return verdict._replace(score=normalise_gradient(f, rows))
        return normalised

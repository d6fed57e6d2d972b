"""Gradient normalisation of the critic (Wu et al. 2021)."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from mcgan.blocks.references import References
from mcgan.blocks.wrapped_critic import WrappedCritic
from mcgan.functional import normalise_gradient, normalised_logit
from mcgan.gan.autodiff import Autodiff, Classic
from mcgan.gan.compatibility import forbid_batch_norm
from mcgan.gan.game import Game, MakeCritic
from mcgan.gan.networks import Critic
from mcgan.gan.strategy import Strategy
from mcgan.types import CriticOutput


class NormalisedCritic(WrappedCritic):
    """Scores f^ = f / (|grad f| + |f|) or the logit of (f^ + 1) / 2, f the wrapped critic's score.

    Which of them the game's objective says; before the game is built it is f^.
    """

    renames: ClassVar[bool] = False

    def __init__(self, wrapped: Critic) -> None:
        super().__init__(wrapped)
        self._game = References[Game]()  # empty until the game is built

    def follow(self, game: Game) -> None:
        """Differentiates as the game does from now on, and scores what its objective takes.

        The game is kept, since a trainer may choose another way to differentiate later.
        """
        self._game.add(game)

    def forward(self, x: Tensor) -> CriticOutput:
        autodiff: Autodiff = self._game.last.autodiff if self._game else Classic()
        with torch.enable_grad():  # a critic is also asked where nothing is trained
            gradient, output = autodiff.of_input(self._total, x)
        rows = gradient.reshape(len(output.score), -1)
        return CriticOutput(self._normalise(output.score, rows), output.features)

    def _normalise(self, score: Tensor, gradient: Tensor) -> Tensor:
        """The score that the objective takes."""
        logit = self._game and self._game.last.objective.log_ratio
        return (normalised_logit if logit else normalise_gradient)(score, gradient)

    def _total(self, x: Tensor) -> tuple[Tensor, CriticOutput]:
        """The sum of the wrapped critic's scores, and its output."""
        output: CriticOutput = self.wrapped(x)
        return output.score.sum(), output


@dataclass(eq=False, repr=False)
class GradientNorm(Strategy):
    """The critic's score becomes f^ = f / (|grad f| + |f|), within (-1, 1).

    A pack has one gradient. An objective whose scores are log ratios gets the logit of D = (f^ +
    1) / 2 instead, as in the authors' code: sign(f) log(1 + 2 |f| / |grad f|), which is unbounded.
    Where f is piecewise linear, as with (leaky) ReLUs, the gradient of f^ is at most 1.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        self._critics = References[NormalisedCritic]()

    def discriminator(self, make: MakeCritic) -> MakeCritic:
        return lambda shape: self._critics.add(NormalisedCritic(make(shape)))

    def setup(self, game: Game, data: Any) -> None:
        for critic in self._critics:
            critic.follow(game)
        if game.D is not self._critics.last:
            raise ValueError(
                "another strategy changes the score after it is normalised: "
                "put this last among the strategies of 'reg'"
            )
        forbid_batch_norm(game, "gradient normalisation, which is per example")
        if game.D.has_cross_terms:
            self.notes.append(
                f"{self.name}: the critic compares examples of a batch, so the "
                "gradient of the summed scores, by which it normalises, includes "
                "cross terms"
            )

"""Exponential moving average of the generator's weights (Yazici et al. 2019)."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch
from torch import Tensor

from mcgan.config.settings import Above, AtMost
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.types import Player, Report, Sample, Sampler, Tensors


@dataclass(eq=False, repr=False)
class EMA(Strategy):
    """Samples are drawn from the average of G over a ``half_life``, a share of the run's steps.

    Young averages forget faster, with the decay min(decay, (1 + t) / (10 + t)) at step t.
    """

    half_life: Annotated[float, Above(0), AtMost(1)] = 0.02
    copies: ClassVar[bool] = True

    def setup(self, game: Game, data: object) -> None:
        self.decay = 0.5 ** (1 / (self.half_life * game.steps))
        self.averages = {name: f"average.{name}".replace(".", "__") for name in game.owned("G")}
        weights = dict(game.named_parameters())
        for name, buffer in self.averages.items():
            self.register_buffer(buffer, weights[name].detach().clone())
        self.register_buffer("age", torch.zeros(()))

    def after(self, player: Player, tensors: Tensors, report: Report, grads: Tensors) -> Tensors:
        if player == "D":
            return {}
        age = tensors[self.key("age")]
        rate = 1 - ((1 + age) / (10 + age)).clamp(max=self.decay)
        moved = {
            self.key(buffer): torch.lerp(tensors[self.key(buffer)], tensors[name], rate)
            for name, buffer in self.averages.items()
        }
        return {**moved, self.key("age"): age + 1}

    def sampler(self, sample: Sampler, game: Game) -> Sampler:
        def averaged(tensors: Tensors, n: int, generator: torch.Generator) -> Sample:
            return sample({**tensors, **self._average(tensors)}, n, generator)
        return averaged

    def _average(self, tensors: Tensors) -> dict[str, Tensor]:
        return {name: tensors[self.key(buffer)] for name, buffer in self.averages.items()}

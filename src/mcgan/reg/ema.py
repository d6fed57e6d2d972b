"""Exponential moving average of the generator's weights (Yazici et al. 2019)."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch

from mcgan.blocks.weight_copy import WeightCopy, weights_of
from mcgan.config.settings import Above, AtMost
from mcgan.functional import ema_decay
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
        self.average = WeightCopy(self, "average", weights_of(game, game.owned("G")))
        self.register_buffer("age", torch.zeros(()))

    def after(self, player: Player, tensors: Tensors, report: Report, grads: Tensors) -> Tensors:
        if player == "D":
            return {}
        age = tensors[self.key("age")]
        rate = 1 - ema_decay(age, self.decay)
        old = self.average.read(tensors)
        moved = {name: torch.lerp(held, tensors[name], rate) for name, held in old.items()}
        return {**self.average.write(moved), self.key("age"): age + 1}

    def sampler(self, sample: Sampler, game: Game) -> Sampler:
        def draw(tensors: Tensors, n: int, generator: torch.Generator) -> Sample:
            return sample({**tensors, **self.average.read(tensors)}, n, generator)
        return draw

"""Exponential moving average of the generator's weights (Yazici et al. 2019)."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor

from mcgan.blocks.weight_copy import WeightCopy, weights_of
from mcgan.config.settings import AtLeast, AtMost, Scheduled
from mcgan.functional import ema_decay
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.types import Player, Report, Sample, Sampler, Tensors

SHORTEST = 1e-6  # half-life in steps, whose decay is 0


@dataclass(eq=False, repr=False)
class EMA(Strategy):
    """Samples are drawn from the average of G over a ``half_life``, a share of the run's steps.

    Young averages forget faster, with the decay min(decay, (1 + t) / (10 + t)) at step t. With a
    half-life of 0 the average is G itself.
    """

    half_life: Annotated[Any, Scheduled, AtLeast(0), AtMost(1)] = 0.02
    copies: ClassVar[bool] = True

    def setup(self, game: Game, data: object) -> None:
        self.steps = game.steps
        self.average = WeightCopy(self, "average", weights_of(game, game.owned("G")))
        self.register_buffer("age", torch.zeros(()))

    def after(self, player: Player, tensors: Tensors, report: Report, grads: Tensors) -> Tensors:
        if player == "D":
            return {}
        age, half_life = tensors[self.key("age")], report.moment.now(self.half_life)
        rate = 1 - ema_decay(age, find_decay(half_life, self.steps))
        old = self.average.read(tensors)
        moved = {name: torch.lerp(held, tensors[name], rate) for name, held in old.items()}
        return {**self.average.write(moved), self.key("age"): age + 1}

    def sampler(self, sample: Sampler, game: Game) -> Sampler:
        def draw(tensors: Tensors, n: int, generator: torch.Generator) -> Sample:
            return sample({**tensors, **self.average.read(tensors)}, n, generator)

        return draw


def find_decay(half_life: Tensor | float, steps: int) -> Tensor | float:
    """The decay in a step that halves a weight within this share of so many steps."""
    if isinstance(half_life, Tensor):
        decay: Tensor = 0.5 ** (1 / (half_life * steps).clamp(min=SHORTEST))
        return decay
    return float(0.5 ** (1 / max(half_life * steps, SHORTEST)))

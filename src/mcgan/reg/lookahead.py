"""Lookahead-minimax (Chavdarova et al. 2021, algorithm 1): both players return to slow weights."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import torch

from mcgan.blocks.weight_copy import WeightCopy
from mcgan.config.settings import AtLeast, AtMost, Scheduled
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.schedule import fit
from mcgan.types import Player, Report, Tensors


@dataclass(eq=False, repr=False)
class Lookahead(Strategy):
    """Every ``k`` steps slow += alpha (fast - slow), fast = slow, at once for all that is trained.

    Samples are of the fast weights; the optimiser's state goes on as it is.
    """

    k: Annotated[int, AtLeast(1)] = 5
    alpha: Annotated[Any, Scheduled, AtLeast(0), AtMost(1)] = 0.5
    off: ClassVar[dict[str, Any]] = {"alpha": 1.0}
    copies: ClassVar[bool] = True

    def setup(self, game: Game, data: Any) -> None:
        self.slow = WeightCopy(self, "slow", dict(game.named_parameters()))
        self.register_buffer("steps", torch.zeros((), dtype=torch.int64))

    def after(self, player: Player, tensors: Tensors, report: Report, grads: Tensors) -> Tensors:
        if player == "D":
            return {}
        steps = tensors[self.key("steps")] + 1
        alpha = report.moment.now(self.alpha)
        new_fast, new_slow = {}, {}
        for name, slow in self.slow.read(tensors).items():
            fast = tensors[name]
            back = torch.lerp(slow, fast, fit(alpha, fast))
            new_fast[name] = torch.where(steps % self.k == 0, back, fast)
            new_slow[name] = torch.where(steps % self.k == 0, back, slow)
        return {self.key("steps"): steps, **new_fast, **self.slow.write(new_slow)}

"""Weight clipping (Arjovsky et al. 2017, algorithm 1)."""

from dataclasses import dataclass
from typing import Annotated, Any

import torch

from mcgan.config.settings import Above, Scheduled
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.rule import Rule
from mcgan.types import Player, Report, Tensors


@dataclass(eq=False, repr=False)
class Clip(Strategy):
    """After each of its turns the critic's weights are clamped to [-limit, limit]."""

    limit: Annotated[Any, Scheduled, Above(0)] = 0.01

    def update(self, rule: Rule, player: Player) -> Rule:
        if player == "D" and rule.momentum:
            self.notes.append(
                f"{self.name}: clipped critics train badly with momentum: "
                "take optim=rmsprop or a first beta of 0"
            )
        return rule

    def setup(self, game: Game, data: Any) -> None:
        if any(getattr(layer, "normalised", False) for layer in game.D.modules()):
            self.notes.append(
                f"{self.name}: the critic's layers are normalised, which bounds them "
                "already: drop one of the two"
            )

    def after(self, player: Player, tensors: Tensors, report: Report, grads: Tensors) -> Tensors:
        if player == "G":
            return {}
        limit: Any = report.moment.now(self.limit)
        return {name: torch.clamp(tensors[name], min=-limit, max=limit) for name in grads}

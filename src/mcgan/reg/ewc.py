"""Elastic weight consolidation of the critic (Thanh-Tung & Tran 2018; Kirkpatrick et al. 2017)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor

from mcgan.blocks.weight_copy import WeightCopy, weights_of
from mcgan.config.settings import Above, AtLeast, AtMost, Scheduled
from mcgan.functional import ewc
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.types import Player, Report, Tensors


@dataclass(eq=False, repr=False)
class EWC(Strategy):
    """D adds weight * sum_i F_i (theta_i - theta*_i)^2; theta* is D at the last anchor.

    F is the online Fisher diagonal: at each anchor, every share ``every`` of the run, it is
    ``decay`` times the old one plus the mean since the last anchor of B g^2, g the gradient of D's
    loss on a batch of B scores. Where gradients of single examples cancel, as near balance, B g^2
    is on average the mean of their squares, which Fisher's diagonal is.
    """

    weight: Annotated[Any, Scheduled, AtLeast(0)] = 0.5
    every: Annotated[float, Above(0), AtMost(1)] = 0.05
    decay: Annotated[float, AtLeast(0), AtMost(1)] = 0.9
    off: ClassVar[dict[str, Any]] = {"weight": 0.0}
    copies: ClassVar[bool] = True

    def setup(self, game: Game, data: object) -> None:
        self.period = max(1, round(self.every * game.steps))
        weights = weights_of(game, game.owned("D"))
        none = {name: torch.zeros_like(weight) for name, weight in weights.items()}
        self.anchor = WeightCopy(self, "anchor", weights)
        self.fisher = WeightCopy(self, "fisher", none)  # 0: the first anchor holds nothing
        self.squares = WeightCopy(self, "squares", none)
        self.register_buffer("count", torch.zeros(()))

    def d_term(self, turn: Turn) -> Tensor | None:
        if not turn.main:
            return None
        now, anchor, fisher = turn.params("D"), self.anchor.current(), self.fisher.current()
        cost = ewc(*zip(*((now[name], anchor[name], fisher[name]) for name in anchor), strict=True))
        return turn.moment.now(self.weight) * cost

    def after(self, player: Player, tensors: Tensors, report: Report, grads: Tensors) -> Tensors:
        if player == "G":
            return {}
        old, count = self.squares.read(tensors), len(report.scores["real"])
        summed = {name: square + count * grads[name] ** 2 for name, square in old.items()}
        return {**self.squares.write(summed), self.key("count"): tensors[self.key("count")] + 1}

    def on_interval(self, game: Game, tensors: Tensors, data: Callable[[int], Tensor]) -> Tensors:
        count = tensors[self.key("count")]
        fisher, squares = self.fisher.read(tensors), self.squares.read(tensors)
        seen = count.clamp(min=1)
        new = {name: self.decay * old + squares[name] / seen for name, old in fisher.items()}
        none = {name: torch.zeros_like(square) for name, square in squares.items()}
        return {
            **self.anchor.write(tensors),
            **self.fisher.write(new),
            **self.squares.write(none),
            self.key("count"): torch.zeros_like(count),
        }

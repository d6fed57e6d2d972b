"""Elastic weight consolidation of the critic (Thanh-Tung & Tran 2018; Kirkpatrick et al. 2017)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor

from mcgan.config.settings import Above, AtLeast, AtMost, Scheduled
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.types import Player, Report, Tensors

KINDS = ("anchor", "fisher", "squares")


@dataclass(eq=False, repr=False)
class EWC(Strategy):
    """D adds weight * sum_i F_i (theta_i - theta*_i)^2; theta* is D at the last anchor.

    F is the online Fisher diagonal: at each anchor, every share ``every`` of the run, it is
    ``decay`` times the old one plus the mean squared gradient of D's loss since the last anchor.
    """

    weight: Annotated[Any, Scheduled, AtLeast(0)] = 100.0
    every: Annotated[float, Above(0), AtMost(1)] = 0.05
    decay: Annotated[float, AtLeast(0), AtMost(1)] = 0.9
    off: ClassVar[dict[str, Any]] = {"weight": 0.0}
    copies: ClassVar[bool] = True

    def setup(self, game: Game, data: object) -> None:
        self.period = max(1, round(self.every * game.steps))  # type: ignore[misc]
        self.names = game.owned("D")
        weights = dict(game.named_parameters())
        for name in self.names:
            start = weights[name].detach()
            for kind in KINDS:  # before the first anchor nothing is held
                first = start.clone() if kind == "anchor" else torch.zeros_like(start)
                self.register_buffer(self._own(kind, name), first)
        self.register_buffer("count", torch.zeros(()))

    def _own(self, kind: str, name: str) -> str:
        return f"{kind}__{name}".replace(".", "__")

    def d_term(self, turn: Turn) -> Tensor | None:
        if not turn.main:
            return None
        now = turn.params("D")
        costs = [(self._held("fisher", name) * (now[name] - self._held("anchor", name)) ** 2).sum()
                 for name in self.names]
        return turn.moment.now(self.weight) * torch.stack(costs).sum()

    def _held(self, kind: str, name: str) -> Tensor:
        return self.get_buffer(self._own(kind, name))

    def after(self, player: Player, tensors: Tensors, report: Report, grads: Tensors) -> Tensors:
        if player == "G":
            return {}
        squares = {self.key(self._own("squares", name)): name for name in self.names}
        summed = {own: tensors[own] + grads[name] ** 2 for own, name in squares.items()}
        return {**summed, self.key("count"): tensors[self.key("count")] + 1}

    def on_interval(self, game: Game, tensors: Tensors, data: Callable[[int], Tensor]) -> Tensors:
        count = tensors[self.key("count")]
        new = {self.key("count"): torch.zeros_like(count)}
        for name in self.names:
            anchor, fisher, squares = (self.key(self._own(kind, name)) for kind in KINDS)
            new[anchor] = tensors[name]
            new[fisher] = self.decay * tensors[fisher] + tensors[squares] / count.clamp(min=1)
            new[squares] = torch.zeros_like(tensors[squares])
        return new

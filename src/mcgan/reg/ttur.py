"""Two time-scale update rule (Heusel et al. 2017): the players learn at rates of their own."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor

from mcgan.config.settings import AtLeast, Scheduled
from mcgan.gan.strategy import Strategy
from mcgan.optim import Rule, State, WrappedRule
from mcgan.schedule import Number, now
from mcgan.types import Player, Tensors


class Faster(WrappedRule):
    """Every move times ``ratio``, as a learning rate would: the state knows nothing of it."""

    def __init__(self, rule: Rule, ratio: Number) -> None:
        super().__init__(rule)
        self.ratio = ratio

    def step_(self, params: Tensors, grads: Tensors, state: State, progress: Tensor) -> None:
        moves = self.moves(params, grads, state, progress)
        more = torch.as_tensor(now(self.ratio, progress)) - 1
        for name, p in params.items():
            p.add_(more.to(p) * moves[name])


@dataclass(eq=False, repr=False)
class TTUR(Strategy):
    """D learns ``ratio`` times as fast as its optimiser says, so ratio times G's rate by default.

    Where optim.d.lr or optim.g.lr sets the rates apart already, the two ratios multiply.
    """

    ratio: Annotated[Any, Scheduled, AtLeast(0)] = 4.0
    off: ClassVar[dict[str, Any]] = {"ratio": 1.0}

    def update(self, rule: Rule, player: Player) -> Rule:
        return Faster(rule, self.ratio) if player == "D" else rule

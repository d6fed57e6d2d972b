"""Optimistic updates (Daskalakis et al. 2018, algorithm 1): each move is corrected by the last."""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from mcgan.gan.strategy import Strategy
from mcgan.rule import Rule, State, WrappedRule
from mcgan.types import Player, Tensors


class Optimist(WrappedRule):
    """theta <- theta + 2 move_t - move_(t-1), where the other rule would move by move_t."""

    slots: ClassVar[tuple[str, ...]] = ("last_move",)

    def step_(self, params: Tensors, grads: Tensors, state: State, progress: Tensor) -> None:
        moves, last = self.moves(params, grads, state, progress), state["last_move"]
        for name, p in params.items():
            p.add_(moves[name] - last[name])
            last[name].copy_(moves[name])


@dataclass(eq=False, repr=False)
class Optimistic(Strategy):
    """theta <- theta - 2 eta m_t / sqrt(v_t) + eta m_(t-1) / sqrt(v_(t-1)) for Adam's m and v.

    Any optimiser will do. The first move is twice as long: half the learning rate is a fair start.
    """

    def update(self, rule: Rule, player: Player) -> Rule:
        return Optimist(rule)

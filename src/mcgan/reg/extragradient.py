"""Extragradient and extrapolation from the past (Gidel et al. 2019, sections 3.2, 3.3 and 4)."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.rule import Rule, State, WrappedRule
from mcgan.types import Player, Tensors


class Alternating(WrappedRule):
    """Turns alternate: look ahead from w by a move; then leave w by a move with the slope there.

    ``ahead`` is how far the parameters stand from w, so that what else moves them moves w too.
    """

    slots: ClassVar[tuple[str, ...]] = ("ahead",)

    def start(self, params: Tensors) -> State:
        odd = {name: torch.zeros((), device=p.device) for name, p in params.items()}
        return super().start(params) | {"odd": odd}

    def step_(self, params: Tensors, grads: Tensors, state: State, progress: Tensor) -> None:
        ahead, odd = state["ahead"], state["odd"]
        for name, p in params.items():
            p.sub_(ahead[name])
        moves = self.moves(params, grads, state, progress)
        for name, move in moves.items():
            ahead[name].copy_(move * (1 - odd[name]))
            odd[name].copy_(1 - odd[name])


class FromThePast(WrappedRule):
    """The parameters stand ahead of w: leave w by a move, then look ahead with the same slope."""

    slots: ClassVar[tuple[str, ...]] = ("ahead",)

    def step_(self, params: Tensors, grads: Tensors, state: State, progress: Tensor) -> None:
        for name, p in params.items():
            p.sub_(state["ahead"][name])
        self.rule.step_(params, grads, state, progress)
        for name, move in self.moves(params, grads, state, progress).items():
            state["ahead"][name].copy_(move)


@dataclass(eq=False, repr=False)
class Extragradient(Strategy):
    """w_(t+1/2) = w_t - eta F(w_t), w_(t+1) = w_t - eta F(w_(t+1/2)), F the players' slopes.

    With ``past`` F(w_(t-1/2)) stands for F(w_t): a slope per step as usual; otherwise every other
    step looks ahead. Adam's averages take in both moves (Gidel et al., algorithm 4).
    """

    past: bool = True

    def setup(self, game: Game, data: Any) -> None:
        order = game.objective
        if max(order.critic_steps, order.generator_steps) > 1 and not self.past:
            self.notes.append(
                f"{self.name}: with several turns of a player the two look ahead at "
                "different times: take objective.critic_steps=1 and "
                "objective.generator_steps=1"
            )

    def update(self, rule: Rule, player: Player) -> Rule:
        return FromThePast(rule) if self.past else Alternating(rule)

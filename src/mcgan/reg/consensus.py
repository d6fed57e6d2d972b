"""Consensus optimisation (Mescheder et al. 2017, algorithm 2)."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from torch import Tensor

from mcgan.config.settings import AtLeast, Scheduled
from mcgan.functional import squared_field
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.types import PLAYERS, Player, Tensors


@dataclass(eq=False, repr=False)
class Consensus(Strategy):
    """Both players also minimise gamma / 2 |v|^2, v = (grad_D L_D, grad_G L_G) in own parameters.

    L are the objective's losses, without the terms of strategies.
    """

    gamma: Annotated[Any, Scheduled, AtLeast(0)] = 10.0
    off: ClassVar[dict[str, Any]] = {"gamma": 0.0}

    def d_term(self, turn: Turn) -> Tensor:
        field = [g for player in PLAYERS for g in self._field(turn, player).values()]
        return squared_field(field, turn.moment.now(self.gamma))

    def g_term(self, turn: Turn) -> Tensor:
        return self.d_term(turn)

    def _field(self, turn: Turn, player: Player) -> Tensors:
        """One player's part of v."""
        return turn.gradient(lambda at: turn.loss_with(player, at), turn.params(player))

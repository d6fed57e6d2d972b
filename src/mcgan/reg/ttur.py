"""Two time-scale update rule (Heusel et al. 2017): the players learn at rates of their own."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from torch import Tensor

from mcgan.config.settings import Above, Scheduled
from mcgan.gan.strategy import Strategy
from mcgan.rule import Rule, State, WrappedRule
from mcgan.schedule import Number, fit, now
from mcgan.types import Player, Tensors


class Scaled(WrappedRule):
    """Every move times ratio ^ power, as a learning rate would: the state knows nothing of it."""

    def __init__(self, rule: Rule, ratio: Number, power: float) -> None:
        super().__init__(rule)
        self.ratio, self.power = ratio, power

    def step_(self, params: Tensors, grads: Tensors, state: State, progress: Tensor) -> None:
        moves = self.moves(params, grads, state, progress)
        more = now(self.ratio, progress) ** self.power - 1
        for name, p in params.items():
            p.add_(fit(more, p) * moves[name])


@dataclass(eq=False, repr=False)
class TTUR(Strategy):
    """D learns ``ratio`` times as fast as G, the optimiser's rate being the geometric mean of both.

    So D's rate is sqrt(ratio) times the optimiser's, G's is the optimiser's over sqrt(ratio): with
    4 and a rate of 2e-4 the usual pair of 4e-4 and 1e-4. Where optim.d.lr or optim.g.lr sets the
    rates apart already, the two ratios multiply.
    """

    ratio: Annotated[Any, Scheduled, Above(0)] = 4.0
    off: ClassVar[dict[str, Any]] = {"ratio": 1.0}

    def update(self, rule: Rule, player: Player) -> Rule:
        return Scaled(rule, self.ratio, {"D": 0.5, "G": -0.5}[player])

"""Pulling-away term (EBGAN; Zhao et al. 2017, eq. 6): features of fakes at right angles."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from torch import Tensor

from mcgan.config.settings import AtLeast, Scheduled
from mcgan.functional import pulling_away
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn


@dataclass(eq=False, repr=False)
class PullingAway(Strategy):
    """G adds weight / (n (n - 1)) sum_(i != j) cos(s_i, s_j)^2, s (n, F) D's features of fakes."""

    weight: Annotated[Any, Scheduled, AtLeast(0)] = 0.1
    off: ClassVar[dict[str, Any]] = {"weight": 0.0}

    def setup(self, game: Game, data: Any) -> None:
        if len(game.D(data(game.batch)).features) < 2:
            raise ValueError(
                "compares features of a batch, and the critic gives one row of them: "
                "take a larger train.batch_size"
            )

    def g_term(self, turn: Turn) -> Tensor:
        return turn.moment.now(self.weight) * pulling_away(turn.whole(turn.on_fake.features))

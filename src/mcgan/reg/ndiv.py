"""Normalised diversification (Liu et al. 2019, eq. 2 and 3): fakes as spread as their latents."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from torch import Tensor

from mcgan.config.settings import Above, AtLeast, AtMost, Scheduled
from mcgan.functional import ndiv
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn


@dataclass(eq=False, repr=False)
class NDiv(Strategy):
    """G adds weight * mean_(i != j) max(0, alpha D~z_ij - D~y_ij), D~_ij = |a_i - a_j| / norm_i.

    The distances of a row sum to one; norm_i, the row's sum, is taken as given. They are small, so
    that the weight is large.
    """

    weight: Annotated[Any, Scheduled, AtLeast(0)] = 100.0
    alpha: Annotated[float, Above(0), AtMost(1)] = 0.8
    off: ClassVar[dict[str, Any]] = {"weight": 0.0}

    def setup(self, game: Game, data: Any) -> None:
        if game.batch < 3:
            raise ValueError(
                "compares each example's distances to two others or more: "
                "take train.batch_size=3 or more"
            )

    def g_term(self, turn: Turn) -> Tensor:
        term = ndiv(turn.whole(turn.raw_fake.x), turn.whole(turn.raw_fake.z), self.alpha)
        return turn.moment.now(self.weight) * term

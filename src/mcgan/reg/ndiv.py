"""Normalised diversification (Liu et al. 2019, eq. 2 and 3): fakes as spread as their latents."""

from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor

from mcgan.functional import ndiv
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.schedule import number


@dataclass(eq=False, repr=False)
class NDiv(Strategy):
    """G adds weight * mean_(i != j) max(0, alpha D~z_ij - D~y_ij), D~_ij = |a_i - a_j| / norm_i.

    The distances of a row sum to one; norm_i, the row's sum, is taken as given. They are small, so
    that the weight is large.
    """

    weight: Any = 100.0
    alpha: float = 0.8
    off: ClassVar[dict[str, Any]] = {"weight": 0.0}

    def __post_init__(self) -> None:
        super().__post_init__()
        self.weight = number(self.weight, "weight", low=0.0)
        if not 0 < self.alpha <= 1:
            raise ValueError(f"alpha must be above 0 and at most 1, not {self.alpha:g}")

    def setup(self, game: Game, data: Any) -> None:
        if game.batch < 3:
            raise ValueError("compares each example's distances to two others or more: "
                             "take train.batch_size=3 or more")

    def g_term(self, turn: Turn) -> Tensor:
        term = ndiv(turn.raw_fake.x, turn.raw_fake.z, self.alpha)
        return turn.moment.now(self.weight) * term

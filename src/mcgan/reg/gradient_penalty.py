"""Penalties on the critic's slope between real and fake.

Around one: Gulrajani et al. 2017, eq. 3; one-sided: Petzka et al. 2018; around zero: Thanh-Tung et
al. 2019; to a power: Wu et al. 2018.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor

from mcgan.functional import interpolate, norm_penalty
from mcgan.gan.compatibility import claim_gradient_penalty
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.schedule import number
from mcgan.types import Draw


@dataclass(eq=False, repr=False)
class GradientPenalty(Strategy):
    """weight * E | |grad D(x^)| - centre |^power, x^ = eps x + (1 - eps) G(z), eps per sample.

    ``one_sided`` leaves slopes below the centre alone.
    """

    weight: Any = 10.0
    centre: float = 1.0
    power: float = 2.0
    one_sided: bool = False
    off: ClassVar[dict[str, Any]] = {"weight": 0.0}

    def __post_init__(self) -> None:
        super().__post_init__()
        self.weight = number(self.weight, "weight", low=0.0)
        if not self.centre >= 0:
            raise ValueError(f"centre must be at least 0, not {self.centre:g}")
        if not self.power >= 1:
            raise ValueError(f"power must be at least 1, not {self.power:g}")

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        return {"eps": Draw((batch, *(1,) * len(shape)))}

    def setup(self, game: Game, data: Any) -> None:
        claim_gradient_penalty(game, self)

    def d_term(self, turn: Turn) -> Tensor:
        eps = self.drawn(turn.moment, "eps")
        gradient, _ = turn.input_gradient_at(interpolate(turn.real.x, turn.fake.x, eps))
        weight = turn.moment.now(self.weight)
        return norm_penalty(gradient, weight, self.centre, self.power, self.one_sided)

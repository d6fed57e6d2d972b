"""Penalties on the critic's gradient between real and fake.

Around one: Gulrajani et al. 2017, eq. 3; one-sided: Petzka et al. 2018; around zero: Thanh-Tung et
al. 2019; to a power: Wu et al. 2018.
"""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from torch import Tensor

from mcgan.config.settings import AtLeast, Scheduled
from mcgan.functional import interpolate, norm_penalty, probability_gradient
from mcgan.gan.compatibility import claim_gradient_penalty
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.types import Draw


@dataclass(eq=False, repr=False)
class GradientPenalty(Strategy):
    """weight * E | |grad D(x^)| - centre |^power, x^ = eps x + (1 - eps) G(z), eps per sample.

    D is the score, a logit, or with ``of=probability`` its sigmoid. ``one_sided`` leaves norms
    below the centre alone.
    """

    weight: Annotated[Any, Scheduled, AtLeast(0)] = 10.0
    centre: Annotated[float, AtLeast(0)] = 1.0
    power: Annotated[float, AtLeast(1)] = 2.0
    one_sided: bool = False
    of: Literal["logit", "probability"] = "logit"
    off: ClassVar[dict[str, Any]] = {"weight": 0.0}

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        return {"eps": Draw((batch, *(1,) * len(shape)))}

    def setup(self, game: Game, data: Any) -> None:
        claim_gradient_penalty(game, self)

    def d_term(self, turn: Turn) -> Tensor:
        eps = self.get_noise(turn.moment, "eps")
        gradient, output = turn.input_gradient_at(interpolate(turn.real.x, turn.fake.x, eps))
        if self.of == "probability":
            gradient = probability_gradient(gradient, output.score)
        weight = turn.moment.now(self.weight)
        return norm_penalty(gradient, weight, self.centre, self.power, self.one_sided)

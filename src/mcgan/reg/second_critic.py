"""The second critic of D2GAN (Nguyen et al. 2017, eq. 1), beside the objective's own."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from torch import Tensor

from mcgan.config.settings import AtLeast, Scheduled
from mcgan.functional import d2gan_d2, d2gan_g2
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.types import Player


@dataclass(eq=False, repr=False)
class SecondCritic(Strategy):
    """D2 = softplus(score) minimises E D2(x) - beta E log D2(G(z)); G adds beta E log D2(G(z)).

    The best D2 is beta p_G / p_data, so that G's term is beta KL(G | data), which punishes fakes
    where there is no data; terms that other strategies put on D are not put on D2.
    """

    beta: Annotated[Any, Scheduled, AtLeast(0)] = 1.0
    owner: ClassVar[Player] = "D"

    def extra_critics(self) -> int:
        return 1

    def d_term(self, turn: Turn) -> Tensor | None:
        if not turn.main:
            return None
        real, fake = (self.more[0](sample.x).score for sample in (turn.real, turn.fake))
        return d2gan_d2(real, fake, turn.moment.now(self.beta)).mean()

    def g_term(self, turn: Turn) -> Tensor:
        fake = self.more[0](turn.fake.x).score
        return d2gan_g2(fake, turn.moment.now(self.beta)).mean()

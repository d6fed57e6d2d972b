"""Implicit maximum likelihood (Li & Malik 2018) beside a critic (Inclusive GAN; Yu et al. 2020)."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from torch import Tensor

from mcgan.config.settings import AtLeast, Scheduled
from mcgan.functional import imle
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn


@dataclass(eq=False, repr=False)
class IMLE(Strategy):
    """G adds weight * mean_i min_j |x_i - y_j|^2 / dim: each real x pulls its nearest fake to it.

    No real example is left out, so that a mode without fakes pulls some. The nearest is of the
    batch, and distances are of the data itself; the papers search larger pools, and Inclusive GAN
    in features.
    """

    weight: Annotated[Any, Scheduled, AtLeast(0)] = 1.0
    off: ClassVar[dict[str, Any]] = {"weight": 0.0}

    def g_term(self, turn: Turn) -> Tensor:
        return turn.moment.now(self.weight) * imle(turn.raw_real, turn.raw_fake.x)

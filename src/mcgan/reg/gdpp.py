"""GDPP (Elfeki et al. 2019): fakes as diverse as real data, by the spectra of their kernels."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from torch import Tensor

from mcgan.config.settings import AtLeast, Scheduled
from mcgan.functional import gdpp
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn


@dataclass(eq=False, repr=False)
class GDPP(Strategy):
    """G: magnitude * MSE(l_fake, l_real) - sum_i l^_real,i |cos(v_fake,i, v_real,i)|, times weight.

    l and v are eigenvalues and eigenvectors of L = phi phi^T (B, B), phi the critic's features with
    rows of length 1; l^ is l from 0 to 1. |cos|, since the sign of an eigenvector means nothing,
    and 0 where a fake eigenvalue is, whose vector is arbitrary. In float64, as it takes gaps.
    """

    weight: Annotated[Any, Scheduled, AtLeast(0)] = 1.0
    magnitude: Annotated[float, AtLeast(0)] = 1e-4
    off: ClassVar[dict[str, Any]] = {"weight": 0.0}

    def g_term(self, turn: Turn) -> Tensor:
        real, fake = turn.whole(turn.on_real.features), turn.whole(turn.on_fake.features)
        unlike = gdpp(real, fake, self.magnitude)
        return turn.moment.now(self.weight) * unlike.to(turn.fake.x.dtype)

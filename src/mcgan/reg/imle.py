"""Implicit maximum likelihood (Li & Malik 2018) beside a critic (Inclusive GAN; Yu et al. 2020)."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor

from mcgan.config.settings import AtLeast, Scheduled
from mcgan.functional import imle
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.types import Draw, Sample, join_samples

EXACT = "donot_use_mm_for_euclid_dist"  # or the distances within a sharp mode drown in round-off


@dataclass(eq=False, repr=False)
class IMLE(Strategy):
    """G adds weight * mean_i min_j |x_i - y_j|^2 / dim: each real x pulls its nearest fake to it.

    No real example is left out, so that a mode without fakes pulls some. The nearest is of a
    ``pool`` of as many batches of new fakes, searched without a gradient; those chosen are made
    again with one. The larger the pool, the nearer is the nearest where the data are covered, and
    the less is it dragged to a neighbour. Distances are of the data itself, and the pool is new in
    each turn; the papers keep what they chose for epochs, and Inclusive GAN compares features.
    """

    weight: Annotated[Any, Scheduled, AtLeast(0)] = 1.0
    pool: Annotated[int, AtLeast(1)] = 10
    off: ClassVar[dict[str, Any]] = {"weight": 0.0}

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        return {"pool": Draw((self.pool, batch, self.z_width), "normal")}

    def g_term(self, turn: Turn) -> Tensor:
        nearest = self._search(turn)
        fake = turn.make(nearest.z, nearest.origin)
        return turn.moment.now(self.weight) * imle(turn.raw_real, fake)

    @torch.no_grad()
    def _search(self, turn: Turn) -> Sample:
        """The fake of the pool that is nearest to each real example."""
        batches = self.get_noise(turn.moment, "pool").unbind()
        pool = Sample(*map(turn.whole, join_samples([turn.generate(z) for z in batches])))
        real, fake = turn.raw_real.flatten(1), pool.x.flatten(1)
        chosen = torch.cdist(real, fake, compute_mode=EXACT).argmin(1)
        return Sample(*(column[chosen] for column in pool))

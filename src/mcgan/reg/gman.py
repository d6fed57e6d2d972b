"""Several critics: GMAN (Durugkar et al. 2017, section 3) and Dropout-GAN (Mordido et al. 2018)."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor

from mcgan.config.settings import AtLeast, AtMost, Scheduled
from mcgan.functional import gman
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.types import Draw, Player


@dataclass(eq=False, repr=False)
class GMAN(Strategy):
    """G minimises sum_k w_k L_k, L_k its loss before critic k of ``critics``, w = softmax(focus L).

    Every critic learns in every turn of D, each with all terms that others put on D. G does not
    hear each with probability ``drop``, by batch; one is always heard.
    """

    critics: Annotated[int, AtLeast(1)] = 3
    focus: Annotated[Any, Scheduled, AtLeast(0)] = 1.0
    drop: Annotated[float, AtLeast(0), AtMost(1)] = 0.0
    owner: ClassVar[Player] = "D"
    off: ClassVar[dict[str, Any]] = {"critics": 1}

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        return {"keep": Draw((self.critics,))}

    def extra_critics(self) -> int:
        return self.critics - 1  # D is one of them

    def d_term(self, turn: Turn) -> Tensor | None:
        if not (turn.main and self.more):
            return None
        return torch.stack([turn.before(c).d_loss(without=self) for c in self.more]).sum()

    def weigh(self, losses: Tensor, turn: Turn) -> Tensor:
        if not turn.main:  # the losses are those of an additional critic of somebody else
            return losses
        others = [turn.before(c).weighed_g_losses(until=self) for c in self.more]
        each = torch.stack([losses, *others])  # (N, B)
        keep = self.get_noise(turn.moment, "keep")
        heard = (keep >= self.drop) | (keep == keep.amax())
        return gman(each, turn.moment.now(self.focus), heard)

"""Several critics: GMAN (Durugkar et al. 2017, section 3) and Dropout-GAN (Mordido et al. 2018)."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from mcgan.functional import gman
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.schedule import number
from mcgan.types import Draw, Player


@dataclass(eq=False, repr=False)
class GMAN(Strategy):
    """G minimises sum_k w_k L_k, L_k its loss before critic k of ``critics``, w = softmax(focus L).

    Every critic learns in every turn of D, each with all terms that others put on D. G does not
    hear each with probability ``drop``, by batch; one is always heard.
    """

    critics: int = 3
    focus: Any = 1.0
    drop: float = 0.0
    owner: ClassVar[Player] = "D"
    off: ClassVar[dict[str, Any]] = {"critics": 1}

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.critics < 1:
            raise ValueError(f"critics must be at least 1, not {self.critics}")
        if not 0 <= self.drop <= 1:
            raise ValueError(f"drop must be from 0 to 1, not {self.drop:g}")
        self.focus = number(self.focus, "focus", low=0.0)

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        return {"keep": Draw((self.critics,))}

    def extra_critics(self) -> int:
        return self.critics - 1  # D is one of them

    def d_term(self, turn: Turn) -> Tensor | None:
        if not (turn.main and self.more):
            return None
        return torch.stack([turn.before(c).d_loss(without=self) for c in self.more]).sum()

    def weigh(self, losses: Tensor, turn: Turn) -> Tensor:
        each = torch.stack([losses, *(turn.before(c).g_losses() for c in self.more)])  # (N, B)
        keep = self.drawn(turn.moment, "keep")
        heard = (keep >= self.drop) | (keep == keep.amax())
        return gman(each, turn.moment.now(self.focus), heard)

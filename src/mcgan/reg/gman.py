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

    Every critic learns in every turn of D, from its own share of the batch of real and fake
    examples, or critics would come to be alike. All terms that others put on D are put on each,
    over the whole batch, and L_k is over the whole batch too. G does not hear each with
    probability ``drop``, by batch; one is always heard.
    """

    critics: Annotated[int, AtLeast(1), AtMost(1_000)] = 3
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
        others = [turn.before(critic) for critic in self.more]
        losses = torch.stack([each.d_losses() for each in (turn, *others)])  # (N, scores)
        whole = turn.whole(losses.T).T
        own = (shares(whole) * whole).sum(1)
        more = [each.d_loss(without=self) - each.d_losses().mean() for each in others]
        return own.sum() - losses[0].mean() + torch.stack(more).sum()  # D's own loss is of all

    def weigh(self, losses: Tensor, turn: Turn) -> Tensor:
        if not turn.main:  # the losses are those of an additional critic of somebody else
            return losses
        others = [turn.before(c).weighed_g_losses(until=self) for c in self.more]
        each = turn.whole(torch.stack([losses, *others]).T).T  # (N, B)
        keep = self.get_noise(turn.moment, "keep")
        heard = (keep >= self.drop) | (keep == keep.amax())
        return turn.part(gman(each, turn.moment.now(self.focus), heard))


def shares(losses: Tensor) -> Tensor:
    """Weights (N, S) by which N critics part S scores: each row sums to 1, over its own scores.

    Critic k has the k-th of N equal intervals; a score that two intervals cut counts in part.
    """
    critics, scores = losses.shape
    starts = [
        torch.arange(n, dtype=losses.dtype, device=losses.device) / n for n in (critics, scores)
    ]
    low = torch.maximum(starts[0].unsqueeze(1), starts[1])
    high = torch.minimum(starts[0].unsqueeze(1) + 1 / critics, starts[1] + 1 / scores)
    return critics * (high - low).clamp(min=0)

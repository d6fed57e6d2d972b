"""DRAGAN: a gradient penalty around real data (Kodali et al. 2017)."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor

from mcgan.config.settings import AtLeast, Scheduled
from mcgan.functional import norm_penalty, perturb
from mcgan.gan.compatibility import claim_gradient_penalty
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.types import Draw


@dataclass(eq=False, repr=False)
class DRAGAN(Strategy):
    """weight * E (|grad D(x + delta)| - 1)^2, delta = u * reach * std(X) * U[0, 1)^d of real x.

    As in the authors' code the shift goes one way, each example goes a share u of it, uniform in
    [0, 1), and std is one number for the batch X.
    """

    weight: Annotated[Any, Scheduled, AtLeast(0)] = 0.1
    reach: Annotated[Any, Scheduled, AtLeast(0)] = 0.1
    off: ClassVar[dict[str, Any]] = {"weight": 0.0}

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        return {"way": Draw((batch, *shape)), "share": Draw((batch, *(1,) * len(shape)))}

    def setup(self, game: Game, data: Any) -> None:
        claim_gradient_penalty(game, self)

    def d_term(self, turn: Turn) -> Tensor:
        way, share = (self.get_noise(turn.moment, what) for what in ("way", "share"))
        x, beside = turn.real.x.tensor_split([way.shape[1]], dim=1)  # a code beside x stays
        x = self._perturb(turn, x, way, share)
        gradient, _ = turn.input_gradient_at(torch.cat([x, beside], 1))
        return norm_penalty(gradient, turn.moment.now(self.weight))

    def _perturb(self, turn: Turn, *given: Tensor) -> Tensor:
        """Examples, moved by shares of ways: the std is that of the whole batch."""
        x, way, share = map(turn.whole, given)
        return turn.part(perturb(x, turn.moment.now(self.reach), way, share=share))

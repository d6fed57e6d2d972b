"""Normalised diversification (Liu et al. 2019, eq. 2 and 3): fakes as spread as their latents."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor
from torch.nn.functional import relu

from mcgan.config.settings import Above, AtLeast, AtMost, Scheduled
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn


@dataclass(eq=False, repr=False)
class NDiv(Strategy):
    """G adds weight * mean_(i != j) max(0, alpha D~z_ij - D~y_ij), D~_ij = |a_i - a_j| / norm_i.

    The distances of a row sum to one; norm_i, the row's sum, is taken as given. They are small, so
    that the weight is large.
    """

    weight: Annotated[Any, Scheduled, AtLeast(0)] = 100.0
    alpha: Annotated[float, Above(0), AtMost(1)] = 0.8
    off: ClassVar[dict[str, Any]] = {"weight": 0.0}

    def setup(self, game: Game, data: Any) -> None:
        if game.batch < 3:
            raise ValueError("compares each example's distances to two others or more: "
                             "take train.batch_size=3 or more")

    def g_term(self, turn: Turn) -> Tensor:
        lacking = relu(self.alpha * spread(turn.raw_fake.z.detach()) - spread(turn.raw_fake.x))
        count = len(lacking)
        return turn.moment.now(self.weight) * lacking.sum() / (count * (count - 1))


def spread(x: Tensor) -> Tensor:
    """Distances of all pairs, each row over its sum, (B, B); the diagonal is zero."""
    flat = x.flatten(1)
    away = torch.linalg.vector_norm(flat.unsqueeze(1) - flat.unsqueeze(0), dim=2)
    return away / (away.sum(1, keepdim=True).detach() + 1e-8)

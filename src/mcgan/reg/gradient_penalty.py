"""Gradient penalty on interpolates (Gulrajani et al. 2017, eq. 3)."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from mcgan.game import Game, Turn
from mcgan.schedule import number
from mcgan.strategy import Draw, Strategy


@dataclass(eq=False, repr=False)
class GradientPenalty(Strategy):
    """weight * E(|grad D(x^)| - 1)^2 at x^ = eps x + (1 - eps) G(z), eps uniform per sample."""

    weight: Any = 10.0
    off: ClassVar[dict[str, Any]] = {"weight": 0.0}

    def __post_init__(self) -> None:
        super().__post_init__()
        self.weight = number(self.weight, "weight", low=0.0)

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        return {"eps": Draw((batch, *(1,) * len(shape)))}

    def ready(self, game: Game, data: Any) -> None:
        game.penalises_slopes(self)

    def d_term(self, turn: Turn) -> Tensor:
        eps = self.drawn(turn.moment, "eps")
        slope, _ = turn.slope_at(torch.lerp(turn.fake.x, turn.real.x, eps))
        excess = torch.linalg.vector_norm(slope, dim=1) - 1
        return turn.moment.now(self.weight) * (excess**2).mean()

"""R1 and R2: zero-centred gradient penalties (Mescheder et al. 2018, eq. 9 and its twin)."""

from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor

from mcgan.functional import squared_norm
from mcgan.gan.compatibility import claim_gradient_penalty
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.schedule import number


@dataclass(eq=False, repr=False)
class R1(Strategy):
    """gamma / 2 * E |grad D|^2 at the ``at`` samples: real (R1) or fake (R2)."""

    gamma: Any = 1.0
    at: str = "real"
    off: ClassVar[dict[str, Any]] = {"gamma": 0.0}

    def __post_init__(self) -> None:
        super().__post_init__()
        self.gamma = number(self.gamma, "gamma", low=0.0)
        if self.at not in ("real", "fake"):
            raise ValueError(f"at must be real or fake, not {self.at!r}")

    def setup(self, game: Game, data: Any) -> None:
        claim_gradient_penalty(game, self)
        sides = {other.at for other in game.chain.strategies if isinstance(other, R1)}
        if game.objective.paired and len(sides) == 1:
            self.notes.append(f"{self.name}: a relativistic loss with a penalty at one kind of "
                              "samples may diverge: add reg=[r1,r2]")

    def d_term(self, turn: Turn) -> Tensor:
        return squared_norm(turn.input_gradient(self.at), turn.moment.now(self.gamma))

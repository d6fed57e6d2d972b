"""R1 and R2: zero-centred gradient penalties (Mescheder et al. 2018, eq. 9 and its twin)."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from torch import Tensor

from mcgan.config.settings import AtLeast, Scheduled
from mcgan.functional import squared_norm
from mcgan.gan.compatibility import claim_gradient_penalty
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn


@dataclass(eq=False, repr=False)
class R1(Strategy):
    """gamma / 2 * E |grad D|^2 at the ``at`` samples: real (R1) or fake (R2)."""

    gamma: Annotated[Any, Scheduled, AtLeast(0)] = 1.0
    at: Literal["real", "fake"] = "real"
    off: ClassVar[dict[str, Any]] = {"gamma": 0.0}

    def setup(self, game: Game, data: Any) -> None:
        claim_gradient_penalty(game, self)
        sides = {other.at for other in game.chain.strategies if isinstance(other, R1)}
        if game.objective.paired and len(sides) == 1:
            self.notes.append(
                f"{self.name}: a relativistic loss with a penalty at one kind of "
                "samples may diverge: add reg=[r1,r2]"
            )

    def d_term(self, turn: Turn) -> Tensor:
        return squared_norm(turn.input_gradient(self.at), turn.moment.now(self.gamma))

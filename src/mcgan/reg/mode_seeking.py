"""Mode seeking (MSGAN; Mao et al. 2019, eq. 4), with the cap of DSGAN (Yang et al. 2019)."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from torch import Tensor

from mcgan.config.settings import Above, AtLeast, Scheduled
from mcgan.functional import between_halves, mode_seeking
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn


@dataclass(eq=False, repr=False)
class ModeSeeking(Strategy):
    """G adds weight / (mean|y1 - y2| / mean|z1 - z2| + 1e-5), y = G(z), over the batch's halves.

    That alone pushes fakes apart without end: then the data's law is no fixed point. With a ``cap``
    the push ends where |y1 - y2| is as many times what two halves of real data are apart; DSGAN's
    own cap is on the ratio.
    """

    weight: Annotated[Any, Scheduled, AtLeast(0)] = 0.5
    cap: Annotated[Any, Scheduled, Above(0)] | None = 1.0
    off: ClassVar[dict[str, Any]] = {"weight": 0.0}

    def setup(self, game: Game, data: Any) -> None:
        if game.batch < 2:
            raise ValueError("compares two halves of a batch: take train.batch_size=2 or more")

    def g_term(self, turn: Turn) -> Tensor:
        furthest = None
        if self.cap is not None:
            furthest = turn.moment.now(self.cap) * between_halves(turn.whole(turn.raw_real))
        x, z = turn.whole(turn.raw_fake.x), turn.whole(turn.raw_fake.z)
        term = mode_seeking(x, z, furthest)
        return turn.moment.now(self.weight) * term

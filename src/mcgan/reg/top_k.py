"""Top-k training (Sinha et al. 2020, section 3): G learns from the fakes that D rates highest."""

from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from torch import Tensor

from mcgan.config.settings import AtLeast, AtMost, Scheduled
from mcgan.functional import top_k
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn


@dataclass(eq=False, repr=False)
class TopK(Strategy):
    """G's loss is the mean over the k highest scores of a batch, k = ``share`` of it, one at least.

    In the paper the share falls by a constant factor each epoch down to its end.
    """

    share: Annotated[Any, Scheduled, AtLeast(0), AtMost(1)] = field(
        default_factory=lambda: {"from": 1.0, "to": 0.5, "until": 0.5}
    )
    off: ClassVar[dict[str, Any]] = {"share": 1.0}

    def weigh(self, losses: Tensor, turn: Turn) -> Tensor:
        of_batch = turn.whole(losses), turn.whole(turn.on_fake.score)
        return turn.part(top_k(*of_batch, turn.moment.now(self.share)))

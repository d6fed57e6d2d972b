"""Feature matching (Salimans et al. 2016, section 3.1): G matches moments of D's features."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from torch import Tensor

from mcgan.config.settings import AtLeast, Scheduled
from mcgan.functional import covariance_matching, feature_matching
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn


@dataclass(eq=False, repr=False)
class FeatureMatching(Strategy):
    """G: weight / F |E h(x) - E h(G(z))|^2 + covariance |Cov h(x) - Cov h(G(z))|_F^2 + loss * L.

    h are D's F features, before its neck. As in the paper G has nothing but the means to match;
    its adversarial loss L comes in by ``loss``, and the covariances are an addition (De
    Meulemeester et al. 2020).
    """

    weight: Annotated[Any, Scheduled, AtLeast(0)] = 1.0
    covariance: Annotated[Any, Scheduled, AtLeast(0)] = 0.0
    loss: Annotated[Any, Scheduled, AtLeast(0)] = 0.0
    off: ClassVar[dict[str, Any]] = {"weight": 0.0, "covariance": 0.0, "loss": 1.0}

    def setup(self, game: Game, data: Any) -> None:
        scores = len(game.D(data(game.batch)).score)
        if self.covariance != 0 and scores < 2:
            raise ValueError(
                "a covariance needs two of the critic's verdicts or more, and a batch "
                "has one: take a larger train.batch_size, or covariance=0"
            )

    def weigh(self, losses: Tensor, turn: Turn) -> Tensor:
        return turn.moment.now(self.loss) * losses

    def g_term(self, turn: Turn) -> Tensor:
        real, fake = turn.whole(turn.on_real.features), turn.whole(turn.on_fake.features)
        term = turn.moment.now(self.weight) * feature_matching(real, fake)
        if self.covariance == 0:
            return term
        return term + turn.moment.now(self.covariance) * covariance_matching(real, fake)

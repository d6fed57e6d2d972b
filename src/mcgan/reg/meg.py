"""Maximum entropy generators (Kumar et al. 2019, section 3): G's entropy by mutual information."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor, nn

from mcgan.config.settings import AtLeast, Scheduled
from mcgan.functional import meg
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn


@dataclass(eq=False, repr=False)
class MEG(Strategy):
    """G adds -weight * I(y; z), estimated as E -sp(-T(y, z)) - E sp(T(y, z')), y = G(z).

    H(y) = I(y; z) where G is deterministic. T, a network of its own with ``hidden`` units that
    trains beside G, tells an example's latent from another's, z' (Hjelm et al. 2019, eq. 4). The
    paper's equation has weight 1; the authors' code takes the mean over both kinds, so 1/2.
    """

    weight: Annotated[Any, Scheduled, AtLeast(0)] = 0.5
    hidden: Annotated[int, AtLeast(1)] = 128
    off: ClassVar[dict[str, Any]] = {"weight": 0.0}

    def setup(self, game: Game, data: Any) -> None:
        if game.batch < 2:
            raise ValueError("swaps the latents of a batch: take train.batch_size=2 or more")
        example = game.example()
        pair = example.x.flatten(1).shape[1] + example.z.shape[1]
        self.T = nn.Sequential(
            nn.Linear(pair, self.hidden),
            nn.ReLU(),
            nn.Linear(self.hidden, self.hidden),
            nn.ReLU(),
            nn.Linear(self.hidden, 1),
        )

    def g_term(self, turn: Turn) -> Tensor:
        own = self.judge(turn.raw_fake.x, turn.raw_fake.z)
        others = turn.part(turn.whole(turn.raw_fake.z).roll(1, 0))
        other = self.judge(turn.raw_fake.x, others)
        return turn.moment.now(self.weight) * meg(own, other)

    def judge(self, x: Tensor, z: Tensor) -> Tensor:
        """Scores (B, 1) for pairs of an example and a latent: did it come of it?"""
        score: Tensor = self.T(torch.cat([x.flatten(1), z], dim=1))
        return score

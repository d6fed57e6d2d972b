"""Minibatch standard deviation (Karras et al. 2018, section 3): a number for how a group varies."""

from dataclasses import dataclass
from typing import Annotated, Any

import torch
from torch import Tensor, nn

from mcgan.config.settings import AtLeast
from mcgan.functional import minibatch_std
from mcgan.gan.compatibility import forbid_batch_norm
from mcgan.gan.game import Game, MakeCritic
from mcgan.gan.networks import Critic
from mcgan.gan.strategy import Strategy


class Spread(nn.Module):
    """features (B, F) -> (B, 1): the mean over features of their std in the example's group."""

    def __init__(self, group: int) -> None:
        super().__init__()
        self.group = group

    def forward(self, features: Tensor) -> Tensor:
        """The mean standard deviation of each example's group, as one more feature: (B, 1)."""
        return minibatch_std(features, self.group)


@dataclass(eq=False, repr=False)
class MinibatchStd(Strategy):
    """The critic's head also gets the std over a ``group`` of the batch, averaged over features.

    Groups are neighbours in the batch; a batch smaller than a group is one. Real and fake are
    judged in separate batches.
    """

    group: Annotated[int, AtLeast(2)] = 4

    def discriminator(self, make: MakeCritic) -> MakeCritic:
        def build(shape: tuple[int, ...]) -> Critic:
            critic = make(shape)
            critic.judges_batches = critic.has_cross_terms = True
            return critic.extend(Spread(self.group), 1)

        return build

    def setup(self, game: Game, data: Any) -> None:
        forbid_batch_norm(game, "minibatch standard deviation")
        with torch.no_grad():
            game.D(data(game.batch))  # refuses a batch that does not fit

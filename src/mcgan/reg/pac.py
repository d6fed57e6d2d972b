"""PacGAN (Lin et al. 2018): the critic judges packs of examples, in which collapse shows."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor, nn

from mcgan.config.settings import AtLeast
from mcgan.functional import pack
from mcgan.gan.game import Game, MakeCritic
from mcgan.gan.networks import Critic
from mcgan.gan.strategy import Strategy


class Packs(nn.Module):
    """x (B, C, ...) -> (B / m, m C, ...): vectors joined, channels of images stacked."""

    def __init__(self, m: int) -> None:
        super().__init__()
        self.m = m

    def forward(self, x: Tensor) -> Tensor:
        """Packs of m examples joined to one: (B, *S) -> (B / m, m · C, ...)."""
        return pack(x, self.m)


@dataclass(eq=False, repr=False)
class Pac(Strategy):
    """D(x_1, ..., x_m): one score for ``m`` examples of one kind; only D's input grows.

    A batch of B is B / m packs of independent examples, for real and fake, and in both turns; the
    paper keeps B packs, which is train.batch_size = m B.
    """

    m: Annotated[int, AtLeast(1)] = 2
    off: ClassVar[dict[str, Any]] = {"m": 1}

    def discriminator(self, make: MakeCritic) -> MakeCritic:
        def build(shape: tuple[int, ...]) -> Critic:
            critic = make((self.m * shape[0], *shape[1:]))
            critic.judges_batches = True
            return critic.prepend(Packs(self.m))

        return build if self.m > 1 else make

    def setup(self, game: Game, data: Any) -> None:
        with torch.no_grad():
            game.D(data(game.batch))  # refuses a batch that does not fit

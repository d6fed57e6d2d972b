"""D judges pairs (x, z): ALI and BiGAN (Dumoulin et al. 2017, Donahue et al. 2017), and VEEGAN.

VEEGAN (Srivastava et al. 2017, eq. 3 and algorithm 1) is ``reconstruct`` without ``adversarial``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import torch
from torch import Tensor, nn

from mcgan.blocks.references import References
from mcgan.blocks.wrapped_critic import (
    PairCritic,
    attach_code,
    check_code_arrives,
)
from mcgan.config.settings import AtLeast, Scheduled
from mcgan.gan.game import Game, MakeCritic
from mcgan.gan.networks import Critic
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.types import Moment, Sample


@dataclass(eq=False, repr=False)
class ALI(Strategy):
    """D tells pairs (x, Enc(x)) of real x from pairs (G(z), z). G trains the encoder Enc, which is
    a trunk like D's and a linear map.

    ``adversarial``: Enc minimises D's loss on real pairs with the label of fakes. It gives one
    point for each x, as in BiGAN. ``reconstruct``: G and Enc minimise that many times
    mean |z - Enc(G(z))|^2, the error of recovering z from G(z).
    """

    adversarial: bool = True
    reconstruct: Annotated[Any, Scheduled, AtLeast(0)] = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.adversarial and self.reconstruct == 0:
            raise ValueError("nothing trains the encoder: take adversarial=true, "
                             "or reconstruct above 0")
        self._critics = References[PairCritic]()

    def discriminator(self, make: MakeCritic) -> MakeCritic:
        def build(shape: tuple[int, ...]) -> Critic:
            if not self._critics:
                like = make(shape)  # It comes before D: strategies remember the critic built last.
                self.encoder = nn.Sequential(like.trunk)
                self._features = like.width
            return self._critics.add(PairCritic(make(shape), shape))
        return build

    def setup(self, game: Game, data: Callable[[int], Tensor]) -> None:
        with torch.no_grad():
            check_code_arrives(self, game, data, self._critics)
        self._objective = game.objective
        width = game.example().z.shape[1]  # not known before: strategies widen the latents
        self.encoder.append(nn.Linear(self._features, width))
        for critic in self._critics:
            critic.build_joint(width)

    def view(self, sample: Sample, moment: Moment) -> Sample:
        code = self.encoder(sample.x)
        if not self.adversarial:
            code = code.detach()
        code = torch.where((sample.origin < 0).unsqueeze(1), code, sample.z)
        return sample._replace(x=attach_code(sample.x, code))

    def g_term(self, turn: Turn) -> Tensor | None:
        terms = [self._fooling(turn)] if self.adversarial and not self._objective.paired else []
        terms += [self._lost(turn)] if self.reconstruct != 0 else []
        return torch.stack(terms).sum() if terms else None

    def _fooling(self, turn: Turn) -> Tensor:
        """D's loss with the labels exchanged, without a gradient to G's pairs. G's own loss
        holds it already where the objective is paired."""
        return self._objective.d_loss(turn.on_fake.score.detach(), turn.on_real.score).mean()

    def _lost(self, turn: Turn) -> Tensor:
        x, _ = self._critics.last.split_code(turn.fake.x)
        lost: Tensor = (turn.fake.z - self.encoder(x)).square().sum(1).mean()
        return turn.moment.now(self.reconstruct) * lost

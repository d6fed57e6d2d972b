"""D judges pairs (x, z): ALI and BiGAN (Dumoulin et al. 2017, Donahue et al. 2017), and VEEGAN.

VEEGAN (Srivastava et al. 2017, eq. 3 and algorithm 1) is ``reconstruct`` without ``adversarial``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import torch
from torch import Tensor, nn

from mcgan.blocks.wrapped_critic import Pairs, apart, reaches, together
from mcgan.config.settings import AtLeast, Scheduled
from mcgan.gan.game import Game, MakeCritic
from mcgan.gan.networks import Critic
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.types import Moment, Sample


@dataclass(eq=False, repr=False)
class ALI(Strategy):
    """D tells (x, E(x)) of real x from (G(z), z); the encoder E is G's, a trunk like D's and a map.

    ``adversarial``: E lowers D's loss on real pairs with the label of fakes; E gives a point, as in
    BiGAN. ``reconstruct``: G and E lower that many times E |z - E(G(z))|^2, noise made out again.
    """

    adversarial: bool = True
    reconstruct: Annotated[Any, Scheduled, AtLeast(0)] = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.adversarial and self.reconstruct == 0:
            raise ValueError("nothing trains the encoder: take adversarial=true, "
                             "or reconstruct above 0")
        self._critics: list[Pairs] = []  # listed: the game owns them

    def discriminator(self, make: MakeCritic) -> MakeCritic:
        def paired(shape: tuple[int, ...]) -> Critic:
            if not self._critics:
                like = make(shape)  # before D: what strategies keep of a critic is of the last
                self.encoder = nn.Sequential(like.trunk)
                self._features = like.width
            self._critics.append(Pairs(make(shape), shape))
            return self._critics[-1]
        return paired

    def setup(self, game: Game, data: Callable[[int], Tensor]) -> None:
        with torch.no_grad():
            reaches(self, game, data, self._critics)
        self._objective = game.objective
        width = game.example().z.shape[1]  # not known before: strategies widen the latents
        self.encoder.append(nn.Linear(self._features, width))
        for critic in self._critics:
            critic.open(width)

    def view(self, sample: Sample, moment: Moment) -> Sample:
        code = self.encoder(sample.x)
        if not self.adversarial:
            code = code.detach()
        code = torch.where((sample.origin < 0).unsqueeze(1), code, sample.z)
        return sample._replace(x=together(sample.x, code))

    def g_term(self, turn: Turn) -> Tensor | None:
        terms = [self._fooling(turn)] if self.adversarial and not self._objective.paired else []
        terms += [self._lost(turn)] if self.reconstruct != 0 else []
        return torch.stack(terms).sum() if terms else None

    def _fooling(self, turn: Turn) -> Tensor:
        """D's loss with the labels exchanged, G's pairs held: a paired loss has it already."""
        return self._objective.d_loss(turn.on_fake.score.detach(), turn.on_real.score).mean()

    def _lost(self, turn: Turn) -> Tensor:
        x, _ = apart(turn.fake.x, self._critics[-1].shape, 0)
        lost = (turn.fake.z - self.encoder(x)).square().sum(1).mean()
        return turn.moment.now(self.reconstruct) * lost

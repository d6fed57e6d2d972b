"""MAD-GAN (Ghosh et al. 2018, section 3.2): D also names the generator that made a fake."""

from dataclasses import dataclass
from typing import Annotated, Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from mcgan.blocks.latents import even
from mcgan.blocks.stacked_generators import several
from mcgan.blocks.wrapped_critic import Around
from mcgan.config.settings import AtLeast
from mcgan.gan.game import Game, MakeCritic, MakeGenerator
from mcgan.gan.networks import Critic
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.types import CriticOutput, Draw, Moment, Sample


class Classes(Around):
    """score = l_0 - log sum_k exp(l_k): its sigmoid is p(real) of a softmax over K + 1 classes."""

    def __init__(self, inner: Critic, count: int) -> None:
        super().__init__(inner)
        self.makers = nn.Linear(self.width, count)  # features (B, F) -> l_1 ... l_K

    def forward(self, x: Tensor) -> CriticOutput:
        verdict = self.inner(x)
        return verdict._replace(score=verdict.score - self.makers(verdict.features).logsumexp(1))


@dataclass(eq=False, repr=False)
class MADGAN(Strategy):
    """K ``generators`` picked evenly, and a softmax of D over real and each of them.

    D's term is the cross-entropy of the maker among the fake classes; with the minimax or the
    non-saturating loss, D's whole loss is then the softmax's cross-entropy. G: -log p(real).
    """

    generators: Annotated[int, AtLeast(1)] = 4
    shared: Annotated[int, AtLeast(-1)] = 0

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        return {"pick": Draw((batch,))}

    def generator(self, make: MakeGenerator) -> MakeGenerator:
        return several(make, self.generators, self.shared, self.name)

    def discriminator(self, make: MakeCritic) -> MakeCritic:
        def naming(shape: tuple[int, ...]) -> Critic:
            critic = Classes(make(shape), self.generators)
            self._makers = [critic.makers]  # listed: the critic owns it
            return critic
        return naming

    def setup(self, game: Game, data: Any) -> None:
        with torch.no_grad():
            if len(game.D(data(game.batch)).score) != game.batch:
                raise ValueError("D names the generator of each example, and here it judges packs: "
                                 "use one of the two")

    def latent(self, sample: Sample, moment: Moment) -> Sample:
        return sample._replace(origin=even(self.drawn(moment, "pick"), self.generators))

    def d_term(self, turn: Turn) -> Tensor | None:
        if not turn.main:
            return None
        return cross_entropy(self._makers[0](turn.on_fake.features), turn.fake.origin)

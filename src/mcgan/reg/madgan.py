"""MAD-GAN (Ghosh et al. 2018, section 3.2): D also names the generator that made a fake."""

from dataclasses import dataclass
from typing import Annotated, Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from mcgan.blocks.latents import pick_evenly
from mcgan.blocks.references import References
from mcgan.blocks.stacked_generators import stack_generators
from mcgan.blocks.wrapped_critic import WrappedCritic
from mcgan.config.settings import AtLeast, AtMost
from mcgan.gan.game import Game, MakeCritic, MakeGenerator
from mcgan.gan.networks import Critic
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.types import CriticOutput, Draw, Moment, Sample


class ClassCritic(WrappedCritic):
    """Scores l_0 - log sum_k exp(l_k): its sigmoid is p(real) of a softmax over K + 1 classes."""

    def __init__(self, wrapped: Critic, count: int) -> None:
        super().__init__(wrapped)
        self.makers = nn.Linear(self.width, count)  # features (B, F) -> l_1 ... l_K

    def forward(self, x: Tensor) -> CriticOutput:
        output: CriticOutput = self.wrapped(x)
        return output._replace(score=output.score - self.makers(output.features).logsumexp(1))


@dataclass(eq=False, repr=False)
class MADGAN(Strategy):
    """K ``generators`` picked evenly, and a softmax of D over real and each of them.

    D's term is the cross-entropy of the maker among the fake classes; with the minimax or the
    non-saturating loss, D's whole loss is then the softmax's cross-entropy. G: -log p(real).
    """

    generators: Annotated[int, AtLeast(1), AtMost(1_000)] = 4
    shared: Annotated[int, AtLeast(-1)] = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self._critics = References[ClassCritic]()

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        return {"pick": Draw((batch,))}

    def generator(self, make: MakeGenerator) -> MakeGenerator:
        return stack_generators(make, self.generators, self.shared, self.name)

    def discriminator(self, make: MakeCritic) -> MakeCritic:
        return lambda shape: self._critics.add(ClassCritic(make(shape), self.generators))

    def setup(self, game: Game, data: Any) -> None:
        with torch.no_grad():
            if len(game.D(data(game.batch)).score) != game.batch:
                raise ValueError(
                    "D names the generator of each example, and here it judges packs: "
                    "use one of the two"
                )

    def latent(self, sample: Sample, moment: Moment) -> Sample:
        return sample._replace(origin=pick_evenly(self.get_noise(moment, "pick"), self.generators))

    def d_term(self, turn: Turn) -> Tensor | None:
        if not turn.main:
            return None
        return cross_entropy(self._critics.last.makers(turn.on_fake.features), turn.fake.origin)

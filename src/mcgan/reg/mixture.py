"""A mixture of generators against one critic, picked at random or by a trained manager.

Random choice: Arora et al. 2017 (MIX+GAN); with a classifier beside D: Hoang et al. 2018 (MGAN).
Manager: the learned prior of Khayatkhoei et al. 2018 (DMGAN-PL), since a critic alone gives a gate
little to go by; or a straight-through Gumbel-softmax over the outputs (Park et al. 2018, MEGAN).
"""

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from mcgan.blocks.latents import pick_by_share
from mcgan.blocks.references import References
from mcgan.blocks.stacked_generators import stack_generators
from mcgan.config.settings import AtLeast, Scheduled
from mcgan.gan.game import Game, MakeCritic, MakeGenerator
from mcgan.gan.networks import Critic
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.types import Draw, Moment, Sample

EDGE = 1e-6  # uniform draws stay this far from 0 and 1, where Gumbel noise has none


@dataclass(eq=False, repr=False)
class GeneratorMixture(Strategy):
    """K ``generators``; ``manager=random`` picks one evenly, the others by trained weights r.

    ``identify``: q(c|x), trained beside D, tells which generator made x, and both players lower
    that many times its cross-entropy on fakes, so that generators part (Hoang et al. 2018, eq. 2).
    ``learned``: r minimises H(q, r) - entropy * H(r), q = E_x q(c|x) over real data: r follows the
    real mass that each generator explains (Khayatkhoei et al. 2018, section 4). ``gumbel``: the
    output is sum_c w_c G_c(z), w one-hot by Gumbel noise, with the gradient of the softmax of
    (log r + noise) / tau; r has the game's loss - entropy * H(r) to go by.
    """

    generators: Annotated[int, AtLeast(1)] = 4
    manager: Literal["random", "learned", "gumbel"] = "random"
    shared: Annotated[int, AtLeast(-1)] = 0
    identify: Annotated[Any, Scheduled, AtLeast(0)] | None = None
    entropy: Annotated[Any, Scheduled, AtLeast(0)] = field(
        default_factory=lambda: {"from": 1.0, "to": 0.0, "until": 0.5})
    tau: Annotated[Any, Scheduled, AtLeast(1e-3)] = field(
        default_factory=lambda: {"from": 1.0, "to": 0.1})

    def __post_init__(self) -> None:
        super().__post_init__()
        self.learns, self.gated = self.manager == "learned", self.manager == "gumbel"
        if self.identify is None:
            self.identify = float(self.learns)
        self.tells = self.learns or self.identify != 0
        self._guesses = References[nn.Linear]()
        if self.learns or self.gated:
            self.logits = nn.Parameter(torch.zeros(self.generators))

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        if self.gated:
            return {"gumbel": Draw((batch, self.generators))}
        return {"pick": Draw((batch,))}

    def generator(self, make: MakeGenerator) -> MakeGenerator:
        gate = self.z_width if self.gated else None
        return stack_generators(make, self.generators, self.shared, self.name, gate)

    def discriminator(self, make: MakeCritic) -> MakeCritic:
        def build(shape: tuple[int, ...]) -> Critic:
            critic = make(shape)
            guess = self._guesses.add(nn.Linear(critic.width, self.generators))
            return critic.attach("guess", guess)
        return build if self.tells else make

    def setup(self, game: Game, data: Any) -> None:
        if self.tells and game.D(data(game.batch)).score.shape[0] != game.batch:
            raise ValueError("telling generators apart needs a verdict for each example, and this "
                             "critic judges packs: take manager=random or gumbel, and identify=0")
        end = self.z_width + self.generators
        if self.gated and (game.example().z[:, self.z_width : end].sum(1) - 1).abs().max() > 1e-3:
            raise ValueError("manager=gumbel has its gate behind the latents as they are drawn, "
                             "and another strategy widens them first: put this before it, or take "
                             "manager=random")

    def latent(self, sample: Sample, moment: Moment) -> Sample:
        if self.gated:
            return self._gate(sample, moment)
        pick = pick_by_share(self.get_noise(moment, "pick"), self.weights())
        return sample._replace(origin=pick)

    def _gate(self, sample: Sample, moment: Moment) -> Sample:
        """The pick, and its soft form behind the latents, for the generators to read."""
        draw = self.get_noise(moment, "gumbel").clamp(EDGE, 1 - EDGE)
        score = self.logits.log_softmax(0) - (-draw.log()).log()
        soft = (score / moment.now(self.tau)).softmax(1)
        return sample._replace(z=torch.cat([sample.z, soft], 1), origin=score.argmax(1))

    def weights(self) -> Tensor:
        """The manager's weights r, (K,)."""
        if self.learns or self.gated:
            return self.logits.detach().softmax(0)
        return torch.full((self.generators,), 1 / self.generators)

    def d_term(self, turn: Turn) -> Tensor | None:
        return self._confusion(turn) if self.tells and turn.main else None

    def g_term(self, turn: Turn) -> Tensor | None:
        terms = [self._confusion(turn)] if self.tells else []
        terms += [self._prior(turn)] if self.learns else []
        terms += [self._evenness(turn)] if self.learns or self.gated else []
        return torch.stack(terms).sum() if terms else None

    def _confusion(self, turn: Turn) -> Tensor:
        guess = self._guesses.last(turn.on_fake.features)
        return turn.moment.now(self.identify or 0.0) * cross_entropy(guess, turn.fake.origin)

    def _prior(self, turn: Turn) -> Tensor:
        guess: Tensor = self._guesses.last(turn.on_real.features)
        q = guess.softmax(1).mean(0).detach()
        return -(q * self.logits.log_softmax(0)).sum()

    def _evenness(self, turn: Turn) -> Tensor:
        log_r = self.logits.log_softmax(0)
        return turn.moment.now(self.entropy) * (log_r.exp() * log_r).sum()


Mixture = GeneratorMixture  # the name in configurations, which those of old runs keep

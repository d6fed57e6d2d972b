"""A mixture of generators against one critic, picked at random or by a trained manager.

Random choice: Arora et al. 2017 (MIX+GAN); with a classifier beside D: Hoang et al. 2018 (MGAN).
Manager: the learned prior of Khayatkhoei et al. 2018 (DMGAN-PL), since a critic alone gives weights
little to go by; or weights that the game trains through a Gumbel-softmax (Jang et al. 2017).
"""

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from mcgan.blocks.latents import gumbel, pick_by_share
from mcgan.blocks.references import References
from mcgan.blocks.stacked_generators import stack_generators
from mcgan.config.settings import Above, AtLeast, AtMost, Scheduled
from mcgan.gan.compatibility import judges_packs
from mcgan.gan.game import Game, MakeCritic, MakeGenerator
from mcgan.gan.networks import Critic
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.types import Draw, Moment, Sample

HIDDEN = 128  # units of a classifier's own layer, as in the code of Khayatkhoei et al.


@dataclass(eq=False, repr=False)
class GeneratorMixture(Strategy):
    """K ``generators``; ``manager=random`` picks one evenly, the others by trained weights r.

    A classifier q(c|x) tells which generator made x. D lowers its cross-entropy on fakes with
    weight 1, and G ``identify`` times it, so that generators part (Hoang et al. 2018, eq. 2, and
    their code). It is a linear layer on D's features, which it shapes (``shared``), or has a layer
    of its own and leaves D's weights alone (``own``; Khayatkhoei et al. 2018).

    ``learned``: r minimises H(q, r) - entropy * H(r), q = E_x q(c|x) over real data: r follows the
    real mass that each generator explains (Khayatkhoei et al. 2018, section 4). ``gumbel``: the
    output is sum_c w_c G_c(z), w one-hot by Gumbel noise, with the gradient of the softmax of
    (log r + noise) / tau; r has the game's loss - entropy * H(r) to go by. log r moves ``rate``
    times as fast as G's optimiser, Adam or RMSprop, moves a weight.
    """

    generators: Annotated[int, AtLeast(1), AtMost(1_000)] = 4
    manager: Literal["random", "learned", "gumbel"] = "random"
    shared: Annotated[int, AtLeast(-1)] = 0
    identify: Annotated[Any, Scheduled, AtLeast(0)] | None = None
    classifier: Literal["shared", "own"] = "shared"
    rate: Annotated[float, Above(0)] = 1.0
    entropy: Annotated[Any, Scheduled, AtLeast(0)] = field(
        default_factory=lambda: {"from": 1.0, "to": 0.0, "until": 0.5}
    )
    tau: Annotated[Any, Scheduled, AtLeast(1e-3)] = field(
        default_factory=lambda: {"from": 1.0, "to": 0.1}
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        self.learns, self.gated = self.manager == "learned", self.manager == "gumbel"
        if self.identify is None:
            self.identify = float(self.learns)
        self.tells = self.learns or self.identify != 0
        self._guesses = References[nn.Module]()
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
            return critic.attach("guess", self._guesses.add(self._classify(critic.width)))

        return build if self.tells else make

    def _classify(self, width: int) -> nn.Module:
        """A new classifier: features (B, width) -> logits (B, K)."""
        if self.classifier == "shared":
            return nn.Linear(width, self.generators)
        return nn.Sequential(
            nn.Linear(width, HIDDEN), nn.LeakyReLU(0.2), nn.Linear(HIDDEN, self.generators)
        )

    def setup(self, game: Game, data: Any) -> None:
        if self.tells and judges_packs(game, data):
            raise ValueError(
                "telling generators apart needs a verdict for each example, and this "
                "critic judges packs: take manager=random or gumbel, and identify=0"
            )
        end = self.z_width + self.generators
        if self.gated and (game.example().z[:, self.z_width : end].sum(1) - 1).abs().max() > 1e-3:
            raise ValueError(
                "manager=gumbel has its gate behind the latents as they are drawn, "
                "and another strategy widens them first: put this before it, or take "
                "manager=random"
            )

    def latent(self, sample: Sample, moment: Moment) -> Sample:
        if self.gated:
            return self._gate(sample, moment)
        draw = self.get_noise(moment, "pick")
        pick = pick_by_share(draw, self.weights(draw.device))
        return sample._replace(origin=pick)

    def _gate(self, sample: Sample, moment: Moment) -> Sample:
        """The pick, and its soft form behind the latents, for the generators to read."""
        score = self._log_weights() + gumbel(self.get_noise(moment, "gumbel"))
        soft = (score / moment.now(self.tau)).softmax(1)
        return sample._replace(z=torch.cat([sample.z, soft], 1), origin=score.argmax(1))

    def weights(self, device: torch.device | None = None) -> Tensor:
        """The manager's weights r, (K,); those that are no parameters lie on ``device``."""
        if self.learns or self.gated:
            return self._log_weights().detach().exp()
        return torch.full((self.generators,), 1 / self.generators, device=device)

    def _log_weights(self) -> Tensor:
        """log r, (K,). An optimiser that scales its moves, as Adam does, moves it by the rate."""
        return (self.rate * self.logits).log_softmax(0)

    def d_term(self, turn: Turn) -> Tensor | None:
        if not (self.tells and turn.main):
            return None
        features = turn.on_fake.features
        return self._confusion(features.detach() if self.classifier == "own" else features, turn)

    def g_term(self, turn: Turn) -> Tensor | None:
        terms = [self._parting(turn)] if self.tells else []
        terms += [self._prior(turn)] if self.learns else []
        terms += [self._evenness(turn)] if self.learns or self.gated else []
        return torch.stack(terms).sum() if terms else None

    def _confusion(self, features: Tensor, turn: Turn) -> Tensor:
        return cross_entropy(self._guesses.last(features), turn.fake.origin)

    def _parting(self, turn: Turn) -> Tensor:
        confusion = self._confusion(turn.on_fake.features, turn)
        return turn.moment.now(self.identify or 0.0) * confusion

    def _prior(self, turn: Turn) -> Tensor:
        guess: Tensor = self._guesses.last(turn.on_real.features)
        q = guess.softmax(1).mean(0).detach()
        return -(q * self._log_weights()).sum()

    def _evenness(self, turn: Turn) -> Tensor:
        log_r = self._log_weights()
        return turn.moment.now(self.entropy) * (log_r.exp() * log_r).sum()


Mixture = GeneratorMixture  # the name in configurations, which those of old runs keep

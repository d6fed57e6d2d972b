"""D judges pairs (x, z): ALI and BiGAN (Dumoulin et al. 2017, Donahue et al. 2017), and VEEGAN.

VEEGAN (Srivastava et al. 2017, eq. 3 and algorithm 1) is ``reconstruct`` without ``adversarial``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import torch
from torch import Tensor, nn

from mcgan.blocks.pair_trunk import PairTrunk, pair_trunk
from mcgan.blocks.references import References
from mcgan.blocks.wrapped_critic import attach_code, check_code_arrives, split_code
from mcgan.config.settings import AtLeast, Scheduled
from mcgan.gan.game import Game, MakeCritic
from mcgan.gan.networks import Critic
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.types import Draw, Moment, Sample


def draw_gaussian(out: Tensor, eps: Tensor) -> Tensor:
    """Draws (B, Z) of N(mean, std^2), from means and log stds (B, 2 Z) and normal ``eps``."""
    mean, log_std = out.chunk(2, 1)
    return mean + log_std.exp() * eps


# What a code (B, Z) is of the encoder's output and normal eps (B, Z).
CODES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "stochastic": draw_gaussian,
    "unit_variance": lambda mean, eps: mean + eps,
    "deterministic": lambda mean, eps: mean,
}


@dataclass(eq=False, repr=False)
class ALI(Strategy):
    """D tells pairs (x, z) of real x and z drawn from Enc(x) from pairs (G(z), z). G trains the
    encoder Enc, which is a trunk like D's and a linear map.

    ``encoder`` stochastic (ALI): Enc(x) = N(mean(x), std(x)^2), by reparametrisation;
    unit_variance (VEEGAN): N(mean(x), 1); deterministic (BiGAN): the point mean(x).
    ``adversarial``: Enc minimises D's loss on real pairs with the label of fakes. ``reconstruct``:
    G and Enc minimise that many times E |z - mean(G(z))|^2; 1/2 is minus the log-likelihood of z
    under N(mean(G(z)), 1), but for a constant.
    """

    encoder: Literal["stochastic", "unit_variance", "deterministic"] = "stochastic"
    adversarial: bool = True
    reconstruct: Annotated[Any, Scheduled, AtLeast(0)] = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.adversarial and self.reconstruct == 0:
            raise ValueError(
                "nothing trains the encoder: take adversarial=true, or reconstruct above 0"
            )
        self._pairs, self._codes = References[PairTrunk](), 0

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        return {"code": Draw((batch, self._codes or self.z_width), "normal")}

    def discriminator(self, make: MakeCritic) -> MakeCritic:
        def build(shape: tuple[int, ...]) -> Critic:
            if not self._pairs:
                like = make(shape)  # It comes before D: strategies remember the critic built last.
                self.net = nn.Sequential(like.trunk)
            critic = make(shape)
            return critic.enclose(
                lambda trunk: self._pairs.add(
                    pair_trunk(trunk, shape, critic.width, self.find_mean)
                )
            )

        return build

    def find_mean(self, x: Tensor) -> Tensor:
        """The means (B, Z) of the encoder's laws of examples x (B, *S)."""
        mean: Tensor = self.net(x)[:, : self._codes]
        return mean

    def setup(self, game: Game, data: Callable[[int], Tensor]) -> None:
        with torch.no_grad():
            check_code_arrives(self, game, data, (pair.shape for pair in self._pairs))
        self._objective = game.objective
        self._codes = game.example().z.shape[1]  # not before: strategies widen the latents
        for pair in self._pairs:
            pair.build(self._codes)
        outputs = 2 * self._codes if self.encoder == "stochastic" else self._codes
        self.net.append(nn.Linear(self._pairs.last.features, outputs))
        self._warn(game)

    def _warn(self, game: Game) -> None:
        numbers = game.example().x[0].numel()
        if self.encoder == "deterministic" and self._codes > numbers:
            self.notes.append(
                f"{self.name}: {self._codes} latents are more than the {numbers} "
                "numbers of an example, so a deterministic encoder cannot fill "
                "them and D can always tell: take encoder=stochastic"
            )

    def view(self, sample: Sample, moment: Moment) -> Sample:
        code = CODES[self.encoder](self.net(sample.x), self.get_noise(moment, "code"))
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
        x, _ = split_code(turn.fake.x, self._pairs.last.shape, self._codes)
        lost: Tensor = (turn.fake.z - self.find_mean(x)).square().sum(1).mean()
        return turn.moment.now(self.reconstruct) * lost

"""DeLiGAN: a trained mixture of Gaussians in latent space (Gurumurthy et al. 2017, section 4)."""

from dataclasses import dataclass
from typing import Annotated, Any

import torch
from torch import Tensor, nn

from mcgan.blocks.latents import check_draws_alone, one_hot, pick_evenly
from mcgan.config.settings import Above, AtLeast, Scheduled
from mcgan.gan.game import Game, MakeGenerator
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.types import Draw, Moment, Sample


@dataclass(eq=False, repr=False)
class DeLiGAN(Strategy):
    """z = mu_i + sigma_i * eps, i even among ``components``; G: + weight * mean (sigma - 1)^2.

    mu starts uniform in [-1, 1), sigma at ``sigma``; without the term sigma goes to 0.
    """

    components: Annotated[int, AtLeast(1)] = 50
    sigma: Annotated[float, Above(0)] = 0.02
    weight: Annotated[Any, Scheduled, AtLeast(0)] = 0.1

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        return {"pick": Draw((batch,))}

    def generator(self, make: MakeGenerator) -> MakeGenerator:
        table = (self.components, self.z_width)
        self.mu = nn.Parameter(2 * Draw(table).sample((), torch.default_generator) - 1)
        self.sigmas = nn.Parameter(torch.full(table, self.sigma))
        return make

    def setup(self, game: Game, data: Any) -> None:
        check_draws_alone(self, game)

    def latent(self, sample: Sample, moment: Moment) -> Sample:
        eps, rest = sample.z[:, : self.z_width], sample.z[:, self.z_width :]
        index = pick_evenly(self.get_noise(moment, "pick"), self.components)
        pick = one_hot(index, self.components, eps)
        return sample._replace(z=torch.cat([pick @ self.mu + pick @ self.sigmas * eps, rest], 1))

    def g_term(self, turn: Turn) -> Tensor:
        return turn.moment.now(self.weight) * ((self.sigmas - 1) ** 2).mean()

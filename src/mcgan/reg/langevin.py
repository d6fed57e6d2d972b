"""Discriminator driven latent sampling (DDLS; Che et al. 2020, algorithm 1)."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor

from mcgan.blocks.latents import claim_own_noise
from mcgan.config.settings import Above, AtLeast, Below
from mcgan.gan.game import Game
from mcgan.gan.sampling import in_batches, show
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import critic_with
from mcgan.types import Draw, Moment, Sample, Sampler, Tensors


@dataclass(eq=False, repr=False)
class Langevin(Strategy):
    """Samples are G(z) after ``steps`` of z <- z - eps/2 grad E(z) + sqrt(eps) n, n ~ N(0, 1).

    E(z) = |z|^2 / 2 - f(G(z)): the latent's prior times e^f, f the critic's score. z is the noise
    that latents are made of, and starts as it is drawn. The work is fixed: each step costs a pass
    through both nets and back.
    """

    steps: Annotated[int, AtLeast(0)] = 100
    eps: Annotated[float, Above(0), Below(4)] = 0.01
    off: ClassVar[dict[str, Any]] = {"steps": 0}

    def setup(self, game: Game, data: Any) -> None:
        claim_own_noise(game, self, "latent", "latents")

    def sampler(self, sample: Sampler, game: Game) -> Sampler:
        def drift(tensors: Tensors, n: int, generator: torch.Generator) -> Sample:
            critic = critic_with(game.D, tensors)

            def energy(z: Tensor, moment: Moment) -> Tensor:
                x = show(game, tensors, at(z, moment)).x
                return z.square().sum() / 2 - critic(x).score.sum()

            def walk(moment: Moment) -> Sample:
                z = moment.noise["z"]
                for _ in range(self.steps):
                    with torch.enable_grad():
                        z.requires_grad_()
                        (slope,) = torch.autograd.grad(energy(z, moment), z)
                    step = Draw(tuple(z.shape), "normal").sample((), generator).to(z)
                    z = z.detach() - self.eps / 2 * slope + self.eps**0.5 * step
                with torch.no_grad():
                    return show(game, tensors, at(z.detach(), moment))

            return in_batches(game, walk, n, tensors, generator)

        return drift


def at(z: Tensor, moment: Moment) -> Moment:
    """The moment with other latents."""
    return moment._replace(noise={**moment.noise, "z": z})

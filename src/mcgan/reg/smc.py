"""A sequential Monte Carlo sampler (SMC; Del Moral et al. 2006) from G's law to the data's.

The data's law is G's times e^F, F the critic's score, as in Azadi et al. (2019). The moves keep a
normal law (preconditioned Crank-Nicolson; Cotter et al. 2013).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, NamedTuple

import torch
from torch import Tensor

from mcgan.blocks import density_ratio
from mcgan.blocks.latents import claim_own_noise
from mcgan.blocks.tempering import adapt_length, draw_again, raise_power
from mcgan.config.settings import Above, AtLeast, Below
from mcgan.gan.game import Game
from mcgan.gan.given_latents import pick
from mcgan.gan.sampling import SHOWN, in_batches, show
from mcgan.gan.strategy import Strategy
from mcgan.types import (
    Draw,
    Moment,
    Noise,
    Sample,
    Sampler,
    Tensors,
    choose_examples,
    per_example,
)


class Cloud(NamedTuple):
    """The random numbers of N samples, the samples, and D's log ratio there."""

    noise: Noise
    shown: Sample
    score: Tensor  # (N,)


@dataclass(eq=False, repr=False)
class SMC(Strategy):
    """Particles go from G's law to p_G e^(beta F), F the critic's score: beta rises from 0 to 1.

    They are ``population`` together. Each beta is as far as their effective share stays at
    ``keep``. There they are drawn again by weight. Then come ``moves`` Metropolis moves of the
    normal numbers that they are made of: u <- sqrt(1 - r^2) u + r n, n ~ N(0, 1), with probability
    min(1, e^(beta (F' - F))). r is chosen so that 0.3 of the moves are taken.
    """

    population: Annotated[int, AtLeast(2)] = SHOWN
    moves: Annotated[int, AtLeast(0)] = 50
    keep: Annotated[float, Above(0), Below(1)] = 0.5
    calibrate: bool = True
    burn_in: Annotated[int, AtLeast(2)] = 1024

    def setup(self, game: Game, data: Callable[[int], Tensor]) -> None:
        claim_own_noise(game, self, "sample", "random numbers")
        self.register_buffer("real", data(self.burn_in))

    def sampler(self, sample: Sampler, game: Game) -> Sampler:
        @torch.no_grad()
        def anneal(tensors: Tensors, n: int, generator: torch.Generator) -> Sample:
            real = tensors[self.key("real")]
            slope, _, _ = density_ratio.calibrate(
                game, sample, tensors, real, generator, self.calibrate
            )

            def look(noise: Noise, moment: Moment) -> Cloud:
                shown = show(game, tensors, moment._replace(noise=noise))
                score = slope * density_ratio.score_examples(game, tensors, shown.x)
                return Cloud(noise, shown, score)

            def walk(moment: Moment) -> Sample:
                start = look(moment.noise, moment)
                return self.bend(start, partial(look, moment=moment), game, generator)

            enough = max(n, self.population)
            together = in_batches(game, walk, enough, tensors, generator, self.population)
            return Sample(*(column[:n] for column in together))

        return anneal

    def bend(
        self,
        here: Cloud,
        look: Callable[[Noise], Cloud],
        game: Game,
        generator: torch.Generator,
    ) -> Sample:
        """Samples of G, bent to the data's law, in no order."""
        count, power, length = len(here.score), 0.0, 1.0
        normal = [name for name, draw in game.draws(count).items() if moves_alone(draw, count)]
        while power < 1:
            before, power = power, raise_power(here.score, power, self.keep)
            chosen = draw_again((power - before) * here.score, uniform(1, here, generator))
            here = at(chosen, here)
            for _ in range(self.moves):
                there = look(shift(here.noise, normal, length, generator))
                chance = torch.exp(power * (there.score - here.score))
                taken = uniform(count, here, generator) < chance
                here = choose(taken, there, here)
                length = adapt_length(length, taken)
        return density_ratio.mix_examples(here.shown, generator)


def uniform(count: int, like: Cloud, generator: torch.Generator) -> Tensor:
    """Even draws (count,) from 0 to 1, beside the particles."""
    return Draw((count,)).sample((), generator).to(like.score)


def moves_alone(draw: Draw, count: int) -> bool:
    """Whether these random numbers are normal, and each particle has its own."""
    return draw.kind == "normal" and draw.shape[:1] == (count,)


def at(where: Tensor, cloud: Cloud) -> Cloud:
    """The particles (N,) at the places ``where``; a place may be there several times."""
    noise = pick(cloud.noise, where, len(where))
    shown = density_ratio.select_examples(cloud.shown, where)
    return Cloud(noise, shown, cloud.score[where])


def shift(noise: Noise, names: list[str], length: float, generator: torch.Generator) -> Noise:
    """Normal numbers a step of this length away: a move that keeps their law."""
    keep, moved = math.sqrt(1 - length**2), dict(noise)
    for name in names:
        fresh = Draw(tuple(noise[name].shape), "normal").sample((), generator)
        moved[name] = keep * noise[name] + length * fresh.to(noise[name])
    return moved


def choose(taken: Tensor, there: Cloud, here: Cloud) -> Cloud:
    """The particles ``there`` where they are taken (N,), those from ``here`` elsewhere."""
    moved = {
        name: torch.where(per_example(taken, each), there.noise[name], each)
        for name, each in here.noise.items()
        if there.noise[name] is not each
    }
    noise = {**here.noise, **moved}
    shown = choose_examples(taken, there.shown, here.shown)
    return Cloud(noise, shown, torch.where(taken, there.score, here.score))

"""Metropolis-Hastings GAN (MH-GAN; Turner et al. 2019, algorithm 1)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch
from torch import Tensor

from mcgan.blocks import density_ratio
from mcgan.blocks.latents import pick_evenly
from mcgan.config.settings import AtLeast
from mcgan.gan.compatibility import claim_log_ratio
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.types import Draw, Sample, Sampler, Tensors, choose_examples


@dataclass(eq=False, repr=False)
class Metropolis(Strategy):
    """A sample is the end of a chain of ``steps``: y' = G(z') with probability min(1, e^(F' - F)).

    With F = log D / (1 - D) that is (1/D - 1) / (1/D' - 1). A chain starts with the score of a real
    example, so that it need not find the data first; one that never moves is a plain sample. A
    sample costs as many generated ones as there are steps.
    """

    version: ClassVar[int] = 2  # 1: far fakes flattened the calibration
    steps: Annotated[int, AtLeast(1)] = 100
    calibrate: bool = True
    burn_in: Annotated[int, AtLeast(2)] = 1024

    def setup(self, game: Game, data: Callable[[int], Tensor]) -> None:
        claim_log_ratio(game, self)
        self.register_buffer("real", data(self.burn_in))

    def sampler(self, sample: Sampler, game: Game) -> Sampler:
        def walk_chains(tensors: Tensors, n: int, generator: torch.Generator) -> Sample:
            known = tensors[self.key("real")]
            slope, real, _ = density_ratio.calibrate(
                game, sample, tensors, known, generator, self.calibrate
            )
            place = pick_evenly(Draw((n,)).sample((), generator), len(real))
            score = real[place.to(real.device)]
            here = sample(tensors, n, generator)
            for _ in range(self.steps):
                there = sample(tensors, n, generator)
                new = density_ratio.score_examples(game, tensors, there.x)
                draw = Draw((n,)).sample((), generator).to(new)
                moves = draw < torch.exp(slope * (new - score))
                here = choose_examples(moves, there, here)
                score = torch.where(moves, new, score)
            return here

        return walk_chains

"""The tiny pair of the unrolled GAN's Stacked MNIST experiment (Metz et al. 2017, appendix)."""

import itertools
from dataclasses import dataclass
from typing import Annotated, Literal

import torch
from torch import nn

from mcgan.arch.base import Arch
from mcgan.arch.images import NORMS, image_side
from mcgan.config.settings import AtLeast

WIDTHS = (64, 32, 16, 8)  # of the generator, from 4x4 to the full side


@dataclass(eq=False)
class Metz(Arch):
    """3x3 kernels; z -> 4x4x64 -> 7x7x32 -> 14x14x16 -> 28x28x8 -> image, critic 1/4 or 1/2 of it.

    `critic_width` is the width of the critic's first layer, doubled twice: 2 (a quarter) or 4 (a
    half) in the paper, chosen too small on purpose, so that plain training loses modes.
    """

    latent: Annotated[int, AtLeast(1)] = 256
    critic_width: Annotated[int, AtLeast(1)] = 2
    norm: Literal["none", "batch", "group", "layer"] = "batch"
    critic_norm: Literal["none", "batch", "group", "layer"] = "batch"

    def generator(self, latent: int, shape: tuple[int, ...]) -> nn.Sequential:
        side = _side(shape)
        project = nn.Sequential(
            nn.Linear(latent, WIDTHS[0] * 4 * 4),
            nn.Unflatten(1, (WIDTHS[0], 4, 4)),
            *NORMS[self.norm](WIDTHS[0]),
            nn.ReLU(),
        )
        sides = itertools.pairwise((4, side // 4, side // 2, side))
        widths = itertools.pairwise(WIDTHS)
        ups = [self._up(*pair) for pair in zip(widths, sides, strict=True)]
        last = nn.Sequential(nn.Conv2d(WIDTHS[-1], shape[0], 3, padding=1), nn.Tanh())
        return nn.Sequential(project, *ups, last).to(memory_format=torch.channels_last)

    def _up(self, widths: tuple[int, int], sides: tuple[int, int]) -> nn.Sequential:
        extra = sides[1] - (2 * sides[0] - 1)  # 4 -> 7 needs none, 7 -> 14 one more row
        conv = nn.ConvTranspose2d(*widths, 3, stride=2, padding=1, output_padding=extra)
        return nn.Sequential(conv, *NORMS[self.norm](widths[1]), nn.ReLU())

    def trunk(self, shape: tuple[int, ...]) -> tuple[nn.Module, int]:
        _side(shape)
        width = self.critic_width
        widths = itertools.pairwise((shape[0], width, 2 * width, 4 * width))
        downs = [self._down(*pair) for pair in widths]
        trunk = nn.Sequential(*downs, nn.Flatten()).to(memory_format=torch.channels_last)
        return trunk, 4 * width * 4 * 4

    def _down(self, inputs: int, outputs: int) -> nn.Sequential:
        conv = nn.Conv2d(inputs, outputs, 3, stride=2, padding=1)
        return nn.Sequential(conv, *NORMS[self.critic_norm](outputs), nn.LeakyReLU(0.3))


def _side(shape: tuple[int, ...]) -> int:
    return image_side(shape, "28 or 32 pixels a side", (28, 32).__contains__)

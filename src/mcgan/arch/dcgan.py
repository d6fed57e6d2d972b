"""Small DCGAN pair, strided convolutions and their transposes (Radford, Metz, Chintala 2016)."""

from dataclasses import dataclass
from typing import Annotated, Literal

import torch
from torch import nn

from mcgan.arch.base import Arch
from mcgan.arch.images import NORMS, image_side
from mcgan.config.settings import AtLeast

KERNEL, STRIDE, PADDING = 4, 2, 1  # doubles or halves a side exactly


@dataclass(eq=False)
class DCGAN(Arch):
    """z -> 4 width x side/4 -> 2 width x side/2 -> image, and the critic's way back to side/8.

    The last layer of the generator goes from side/2 to the image at once: full-size feature maps
    would cost half of a step on a CPU. The generator of the paper has batch norm, and learns sooner
    with it. Both norms default to none here: penalties on the critic's gradient and several
    generators cannot have batch norm.
    """

    latent: Annotated[int, AtLeast(1)] = 64
    width: Annotated[int, AtLeast(1)] = 16
    critic_width: Annotated[int, AtLeast(1)] = 16
    norm: Literal["none", "batch", "group", "layer"] = "none"
    critic_norm: Literal["none", "batch", "group", "layer"] = "none"

    def generator(self, latent: int, shape: tuple[int, ...]) -> nn.Sequential:
        start, wide = _side(shape) // 4, 4 * self.width
        project = nn.Sequential(
            nn.Linear(latent, wide * start**2),
            nn.Unflatten(1, (wide, start, start)),
            *NORMS[self.norm](wide),
            nn.ReLU(),
        )
        middle = nn.Sequential(_up(wide, wide // 2), *NORMS[self.norm](wide // 2), nn.ReLU())
        last = nn.Sequential(_up(wide // 2, shape[0]), nn.Tanh())
        return _fast(nn.Sequential(project, middle, last))

    def trunk(self, shape: tuple[int, ...]) -> tuple[nn.Module, int]:
        side, width = _side(shape), self.critic_width
        down = [
            nn.Sequential(_down(shape[0], width), nn.LeakyReLU(0.2)),  # no norm on pixels
            self._block(width, 2 * width),
            self._block(2 * width, 4 * width),
        ]
        return _fast(nn.Sequential(*down, nn.Flatten())), 4 * width * (side // 8) ** 2

    def _block(self, inputs: int, outputs: int) -> nn.Sequential:
        norm = NORMS[self.critic_norm](outputs)
        return nn.Sequential(_down(inputs, outputs), *norm, nn.LeakyReLU(0.2))


def _side(shape: tuple[int, ...]) -> int:
    return image_side(shape, "a side divisible by 4, from 8 up", lambda n: n >= 8 and n % 4 == 0)


def _up(inputs: int, outputs: int) -> nn.Module:
    return nn.ConvTranspose2d(inputs, outputs, KERNEL, STRIDE, PADDING)


def _down(inputs: int, outputs: int) -> nn.Module:
    return nn.Conv2d(inputs, outputs, KERNEL, STRIDE, PADDING)


def _fast(net: nn.Sequential) -> nn.Sequential:
    return net.to(memory_format=torch.channels_last)  # a third faster on a CPU, the same numbers

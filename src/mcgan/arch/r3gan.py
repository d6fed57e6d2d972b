"""R3GAN's residual pair, grouped convolutions without any norm (Huang et al. 2024, config E)."""

import math
from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor, nn

from mcgan.arch.base import Arch
from mcgan.arch.images import Residual, doubled_sides
from mcgan.config.settings import AtLeast
from mcgan.errors import UserError

SLOPE = 0.2
GAIN = nn.init.calculate_gain("leaky_relu", SLOPE)
LAYERS = 3  # of a block


@dataclass(eq=False)
class R3GAN(Arch):
    """Stages of residual blocks at 4 to 7 pixels a side and at each side twice that, in both nets.

    Feature maps: ``width`` at the picture's own side, twice as many at half of it, ``widest`` at
    most. A block widens them ``expansion`` times; its 3x3 convolution is in groups of ``group``
    maps. The defaults are the authors' for CIFAR-10; for 64 pixels they take a width of 384. The
    head of a critic here has a bias, and weights that start smaller by a root of three.
    """

    latent: Annotated[int, AtLeast(1)] = 64
    width: Annotated[int, AtLeast(1)] = 768
    widest: Annotated[int, AtLeast(1)] = 768
    blocks: Annotated[int, AtLeast(1)] = 2
    group: Annotated[int, AtLeast(1)] = 16
    expansion: Annotated[int, AtLeast(1)] = 2

    def generator(self, latent: int, shape: tuple[int, ...]) -> nn.Sequential:
        sides, widths = self._stages(shape)
        stages = [nn.Sequential(Basis(latent, widths[0], sides[0]), *self._blocks(widths, 0))]
        stages += [
            nn.Sequential(
                *change(widths[i - 1], widths[i]),
                nn.Upsample(scale_factor=2),
                *blur(),
                *self._blocks(widths, i),
            )
            for i in range(1, len(widths))
        ]
        last = conv(widths[-1], shape[0])
        return nn.Sequential(*stages, last).to(memory_format=torch.channels_last)

    def trunk(self, shape: tuple[int, ...]) -> tuple[nn.Module, int]:
        sides, widths = self._stages(shape)
        stages = [
            nn.Sequential(
                *self._blocks(widths, i),
                *blur(),
                nn.AvgPool2d(2),
                *change(widths[i], widths[i - 1]),
            )
            for i in reversed(range(1, len(widths)))
        ]
        whole = nn.Conv2d(widths[0], widths[0], sides[0], groups=widths[0], bias=False)
        end = nn.Sequential(*self._blocks(widths, 0), scaled(whole), nn.Flatten())
        trunk = nn.Sequential(conv(shape[0], widths[-1]), *stages, end)
        return trunk.to(memory_format=torch.channels_last), widths[0]

    def _stages(self, shape: tuple[int, ...]) -> tuple[list[int], list[int]]:
        """Sides and numbers of maps, from the smallest side to the picture's."""
        sides = doubled_sides(shape)
        widths = [min(self.widest, self.width * sides[-1] // side) for side in sides]
        for width in widths:
            if width * self.expansion % self._group(width):
                raise UserError(
                    f"arch: blocks of {width * self.expansion} feature maps (widths "
                    f"times arch.expansion) do not part into groups of "
                    f"arch.group={self.group}: change one of these"
                )
        return sides, widths

    def _group(self, width: int) -> int:
        return min(self.group, width * self.expansion)

    def _blocks(self, widths: list[int], stage: int) -> list[nn.Module]:
        """The residual blocks of a stage.

        A block is the identity at the start. Its other weights are smaller the more blocks a net
        has, so that a step moves deep nets no farther (Zhang et al. 2019, Fixup).
        """
        width, blocks = widths[stage], self.blocks * len(widths)
        wide = width * self.expansion
        gain = GAIN * blocks ** (-1 / (2 * LAYERS - 2))
        return [
            Residual(
                nn.Sequential(
                    conv(width, wide, gain=gain, bias=True),
                    nn.LeakyReLU(SLOPE),
                    conv(wide, wide, 3, wide // self._group(width), gain, bias=True),
                    nn.LeakyReLU(SLOPE),
                    conv(wide, width, gain=0.0),
                ),
                nn.Identity(),
            )
            for _ in range(self.blocks)
        ]


class Basis(nn.Module):
    """z (B, Z) -> maps (B, C, side, side): C learned pictures, each times a number made of z."""

    def __init__(self, latent: int, width: int, side: int) -> None:
        super().__init__()
        self.pictures = nn.Parameter(torch.randn(width, side, side))
        self.weigh = scaled(nn.Linear(latent, width, bias=False))

    def forward(self, z: Tensor) -> Tensor:
        """Trained pictures (B, C, H, W), each weighted by a linear map of z (B, latent)."""
        weights: Tensor = self.weigh(z)
        return weights[:, :, None, None] * self.pictures


def change(inputs: int, outputs: int) -> list[nn.Module]:
    """A 1x1 convolution where the number of maps changes."""
    return [] if inputs == outputs else [conv(inputs, outputs)]


def blur() -> list[nn.Module]:
    """The filter [1, 2, 1] / 4 along both axes, with zeros beyond the edges.

    After a doubling of pixels it interpolates bilinearly; before a mean of four it reads [1, 3, 3,
    1] / 8. Two means of neighbours are the filter; they hold no tensor.
    """
    return [nn.AvgPool2d(2, stride=1, padding=1), nn.AvgPool2d(2, stride=1)]


def conv(
    inputs: int,
    outputs: int,
    kernel: int = 1,
    groups: int = 1,
    gain: float = 1.0,
    bias: bool = False,
) -> nn.Module:
    """A convolution that keeps the side."""
    return scaled(
        nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, groups=groups, bias=bias), gain
    )


def scaled(layer: nn.Conv2d | nn.Linear, gain: float = 1.0) -> nn.Module:
    """The layer, with normal weights of variance gain^2 / inputs and bias 0 (He et al. 2015)"""
    nn.init.normal_(layer.weight, 0.0, gain / math.sqrt(layer.weight[0].numel()))
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer

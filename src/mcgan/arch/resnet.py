"""SNGAN's residual pair for pictures of 32 to 128 pixels (Miyato et al. 2018, appendix B.4)."""

import itertools
import math
from dataclasses import dataclass
from typing import Annotated, Literal

import torch
from torch import Tensor, nn

from mcgan.arch.base import Arch
from mcgan.arch.images import NORMS, Residual, doubled_sides, halvings
from mcgan.config.settings import AtLeast

RELU = math.sqrt(2.0)  # gain of the weights beside a ReLU


@dataclass(eq=False)
class ResNet(Arch):
    """z -> 4 to 7 pixels a side, doubled by residual blocks; the critic halves, then only judges.

    Feature maps: ``width`` at the picture's own side, twice as many at half of it, ``widest`` at
    most. The critic has ``critic_width`` after its first halving, twice as many after each, down to
    ``critic_side``, and ``critic_blocks`` more there. The defaults are the paper's for CIFAR-10.
    For 64 and 128 pixels it has 64 to 1024 maps in both; the critic then ends at 2 without a block
    more (64, the authors' code), or at 4 with one (128).
    """

    latent: Annotated[int, AtLeast(1)] = 128
    width: Annotated[int, AtLeast(1)] = 256
    widest: Annotated[int, AtLeast(1)] = 256
    critic_width: Annotated[int, AtLeast(1)] = 128
    critic_widest: Annotated[int, AtLeast(1)] = 128
    critic_side: Annotated[int, AtLeast(1)] = 8
    critic_blocks: Annotated[int, AtLeast(0)] = 2
    norm: Literal["none", "batch", "group", "layer"] = "batch"
    pool: Literal["sum", "mean"] = "sum"

    def generator(self, latent: int, shape: tuple[int, ...]) -> nn.Sequential:
        sides = doubled_sides(shape)
        widths = [min(self.widest, self.width * sides[-1] // side) for side in sides]
        first = nn.Sequential(
            glorot(nn.Linear(latent, widths[0] * sides[0] ** 2)),
            nn.Unflatten(1, (widths[0], sides[0], sides[0])),
        )
        ups = [self._up(*pair) for pair in itertools.pairwise(widths)]
        last = nn.Sequential(
            *NORMS[self.norm](widths[-1]), nn.ReLU(), glorot(three(widths[-1], shape[0])), nn.Tanh()
        )
        return nn.Sequential(first, *ups, last).to(memory_format=torch.channels_last)

    def _up(self, inputs: int, outputs: int) -> nn.Module:
        branch = nn.Sequential(
            *NORMS[self.norm](inputs),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            glorot(three(inputs, outputs), RELU),
            *NORMS[self.norm](outputs),
            nn.ReLU(),
            glorot(three(outputs, outputs), RELU),
        )
        # A 1x1 convolution before doubling gives the numbers of one after it, in a quarter of time.
        return Residual(branch, nn.Sequential(one(inputs, outputs), nn.Upsample(scale_factor=2)))

    def trunk(self, shape: tuple[int, ...]) -> tuple[nn.Module, int]:
        halved = len(halvings(doubled_sides(shape)[-1], self.critic_side)) - 1
        widths = [min(self.critic_widest, self.critic_width * 2**i) for i in range(max(halved, 1))]
        downs = [down(*pair) for pair in itertools.pairwise(widths)]
        plain = [judge(widths[-1]) for _ in range(self.critic_blocks)]
        trunk = nn.Sequential(
            first_down(shape[0], widths[0]), *downs, *plain, nn.ReLU(), Pool(self.pool)
        )
        return trunk.to(memory_format=torch.channels_last), widths[-1]


def first_down(inputs: int, outputs: int) -> nn.Module:
    """The critic's first block, which has no activation on pixels."""
    branch = nn.Sequential(
        glorot(three(inputs, outputs), RELU),
        nn.ReLU(),
        glorot(three(outputs, outputs), RELU),
        nn.AvgPool2d(2),
    )
    return Residual(branch, nn.Sequential(nn.AvgPool2d(2), one(inputs, outputs)))


def down(inputs: int, outputs: int) -> nn.Module:
    """A block of the critic that halves the side; its middle is as wide as what comes in."""
    branch = nn.Sequential(
        nn.ReLU(),
        glorot(three(inputs, inputs), RELU),
        nn.ReLU(),
        glorot(three(inputs, outputs), RELU),
        nn.AvgPool2d(2),
    )
    return Residual(branch, nn.Sequential(nn.AvgPool2d(2), one(inputs, outputs)))


def judge(width: int) -> nn.Module:
    """A block of the critic at one side."""
    branch = nn.Sequential(
        nn.ReLU(), glorot(three(width, width), RELU), nn.ReLU(), glorot(three(width, width), RELU)
    )
    return Residual(branch, nn.Identity())


def three(inputs: int, outputs: int) -> nn.Conv2d:
    """A convolution of 3 × 3 pixels that keeps height and width."""
    return nn.Conv2d(inputs, outputs, 3, padding=1)


def one(inputs: int, outputs: int) -> nn.Module:
    """The 1x1 convolution of a shortcut."""
    return glorot(nn.Conv2d(inputs, outputs, 1))


def glorot(layer: nn.Linear | nn.Conv2d, gain: float = 1.0) -> nn.Module:
    """The layer, its weights drawn anew as the authors' code does (Glorot & Bengio 2010)."""
    nn.init.xavier_uniform_(layer.weight, gain)
    assert layer.bias is not None
    nn.init.zeros_(layer.bias)
    return layer


class Pool(nn.Module):
    """Features (B, C) of maps (B, C, H, W): their ``sum`` as in SNGAN, or ``mean`` (WGAN-GP)."""

    def __init__(self, how: str) -> None:
        super().__init__()
        self.how = how

    def forward(self, x: Tensor) -> Tensor:
        """Features (B, C, H, W) summed or averaged over pixels: (B, C)."""
        return x.sum((2, 3)) if self.how == "sum" else x.mean((2, 3))

"""Multi-layer perceptrons, the nets of every 2-D mixture in the literature."""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

import torch
from torch import Tensor, nn

from mcgan.arch.base import Arch
from mcgan.config.settings import AtLeast, AtMost

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": lambda: nn.LeakyReLU(0.2),
    "tanh": nn.Tanh,
    "elu": nn.ELU,
    "silu": nn.SiLU,
}


@dataclass(eq=False)
class MLP(Arch):
    """``depth`` hidden layers of ``width`` units in the generator and in the critic."""

    latent: Annotated[int, AtLeast(1)] = 16
    width: Annotated[int, AtLeast(1)] = 128
    depth: Annotated[int, AtLeast(1), AtMost(1_000)] = 2
    activation: Literal["relu", "leaky_relu", "tanh", "elu", "silu"] = "leaky_relu"
    critic_width: Annotated[int, AtLeast(1)] | None = None  # None: as width
    critic_depth: Annotated[int, AtLeast(1), AtMost(1_000)] | None = None  # None: as depth
    # of Fourier features before the critic
    critic_octaves: Annotated[int, AtLeast(0), AtMost(64)] = 0

    def generator(self, latent: int, shape: tuple[int, ...]) -> nn.Sequential:
        hidden = self._layers([latent] + [self.width] * self.depth)
        out = nn.Linear(self.width, math.prod(shape))
        return nn.Sequential(*hidden, out, nn.Unflatten(1, shape))

    def trunk(self, shape: tuple[int, ...]) -> tuple[nn.Module, int]:
        width = self.critic_width or self.width
        depth = self.critic_depth or self.depth
        features = FourierFeatures(self.critic_octaves)
        layers = self._layers([features.width(math.prod(shape))] + [width] * depth)
        return nn.Sequential(features, *layers), width

    def _layers(self, widths: list[int]) -> list[nn.Module]:
        act = ACTIVATIONS[self.activation]
        return [nn.Sequential(nn.Linear(a, b), act()) for a, b in itertools.pairwise(widths)]


class FourierFeatures(nn.Module):
    """x beside sin and cos of 2^k x for k below ``octaves`` (Tancik et al. 2020, section 4).

    A critic of x alone learns coarse shapes first; modes far narrower than the data stay blurred.
    """

    def __init__(self, octaves: int) -> None:
        super().__init__()
        self.octaves = octaves

    def width(self, coordinates: int) -> int:
        """The number of features of a point."""
        return coordinates * (1 + 2 * self.octaves)

    def forward(self, x: Tensor) -> Tensor:
        """Features (n, width) of points (n, *shape)."""
        x = x.flatten(1)
        waves = [x * 2.0**k for k in range(self.octaves)]
        return torch.cat([x, *map(torch.sin, waves), *map(torch.cos, waves)], dim=1)

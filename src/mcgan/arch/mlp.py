"""Multi-layer perceptrons, the nets of every 2-D mixture in the literature."""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

from torch import nn

from mcgan.arch.base import Arch
from mcgan.config.settings import AtLeast

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
    depth: Annotated[int, AtLeast(1)] = 2
    activation: Literal["relu", "leaky_relu", "tanh", "elu", "silu"] = "leaky_relu"
    critic_width: Annotated[int, AtLeast(1)] | None = None  # None: as width
    critic_depth: Annotated[int, AtLeast(1)] | None = None  # None: as depth

    def generator(self, latent: int, shape: tuple[int, ...]) -> nn.Sequential:
        hidden = self._layers([latent] + [self.width] * self.depth)
        out = nn.Linear(self.width, math.prod(shape))
        return nn.Sequential(*hidden, out, nn.Unflatten(1, shape))

    def trunk(self, shape: tuple[int, ...]) -> tuple[nn.Module, int]:
        width = self.critic_width or self.width
        depth = self.critic_depth or self.depth
        layers = self._layers([math.prod(shape)] + [width] * depth)
        return nn.Sequential(nn.Flatten(), *layers), width

    def _layers(self, widths: list[int]) -> list[nn.Module]:
        act = ACTIVATIONS[self.activation]
        return [nn.Sequential(nn.Linear(a, b), act()) for a, b in itertools.pairwise(widths)]

"""Multi-layer perceptrons, the nets of every 2-D mixture in the literature."""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

import torch
from torch import Tensor, nn

from mcgan.arch.base import Arch, Net
from mcgan.arch.first_weights import draw_linear_layers
from mcgan.config.settings import Above, AtLeast, AtMost

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": lambda: nn.LeakyReLU(0.2),
    "tanh": nn.Tanh,
    "elu": nn.ELU,
    "silu": nn.SiLU,
    "maxout": lambda: Maxout(PIECES),
}
FEW = 16  # coordinates, fewer than which fill no vector of the processor
PIECES = 5  # linear maps that a unit of maxout takes the largest of, as in PacGAN
# Of the batch at hand: a running average would be state that evaluation and EMA see differently.
NORMS: dict[str, Callable[[int], list[nn.Module]]] = {
    "none": lambda width: [],
    "batch": lambda width: [nn.BatchNorm1d(width, track_running_stats=False)],
}


@dataclass(eq=False)
class MLP(Arch):
    """``depth`` hidden layers of ``width`` units in the generator and in the critic."""

    latent: Annotated[int, AtLeast(1)] | None = None
    width: Annotated[int, AtLeast(1)] = 128
    depth: Annotated[int, AtLeast(1), AtMost(1_000)] = 2
    activation: Literal["relu", "leaky_relu", "tanh", "elu", "silu", "maxout"] = "leaky_relu"
    critic_width: Annotated[int, AtLeast(1)] | None = None  # None: as width
    critic_depth: Annotated[int, AtLeast(1), AtMost(1_000)] | None = None  # None: as depth
    # of Fourier features before the critic
    critic_octaves: Annotated[int, AtLeast(0), AtMost(64)] = 0
    critic_activation: Literal["relu", "leaky_relu", "tanh", "elu", "silu", "maxout"] | None = None
    norm: Literal["none", "batch"] = "none"  # between the generator's layers
    weights: Literal["torch", "normal", "orthogonal"] = "torch"  # the law of the first weights
    weights_scale: Annotated[float, Above(0)] = 1.0  # std of normal, gain of orthogonal

    def generator(self, latent: int, shape: tuple[int, ...]) -> nn.Sequential:
        hidden = layers([latent] + [self.width] * self.depth, self.activation, self.norm)
        out = nn.Linear(self.width, math.prod(shape))
        return nn.Sequential(*hidden, out, nn.Unflatten(1, shape))

    def trunk(self, shape: tuple[int, ...]) -> tuple[nn.Module, int]:
        width = self.critic_width or self.width
        widths = [width] * (self.critic_depth or self.depth)
        features = FourierFeatures(self.critic_octaves, math.prod(shape))
        hidden = layers([features.width, *widths], self.critic_activation or self.activation)
        return nn.Sequential(features, *hidden), width

    def drawn(self, net: Net) -> Net:
        if self.weights != "torch":
            draw_linear_layers(net, self.weights, self.weights_scale)
        return net


def layers(widths: list[int], activation: str, norm: str = "none") -> list[nn.Module]:
    """Hidden layers from each width to the next."""
    pieces = PIECES if activation == "maxout" else 1
    return [
        nn.Sequential(nn.Linear(a, pieces * b), *NORMS[norm](pieces * b), ACTIVATIONS[activation]())
        for a, b in itertools.pairwise(widths)
    ]


class Maxout(nn.Module):
    """The largest of ``pieces`` numbers for each unit (Goodfellow et al. 2013, section 3)."""

    def __init__(self, pieces: int) -> None:
        super().__init__()
        self.pieces = pieces

    def forward(self, x: Tensor) -> Tensor:
        """(n, width * pieces) -> (n, width)."""
        units: Tensor = x.unflatten(1, (-1, self.pieces))
        return units.amax(2)


class FourierFeatures(nn.Module):
    """x beside sin and cos of 2^k x for k below ``octaves`` (Tancik et al. 2020, section 4).

    A critic of x alone learns coarse shapes first; modes far narrower than the data stay blurred.
    """

    def __init__(self, octaves: int, coordinates: int) -> None:
        super().__init__()
        self.octaves = octaves
        self.look_at(coordinates)

    def look_at(self, coordinates: int) -> None:
        """Make the constants for points of so many coordinates.

        They are made of lists: on the meta device, operations would load torch's compiler.
        """
        octaves = [2.0**octave for octave in range(self.octaves)]
        scales = [1.0, *octaves, *octaves]
        self.width = coordinates * len(scales)
        self.scales = torch.tensor(scales)
        kinds = (1, 0.0), (self.octaves, 0.0), (self.octaves, math.pi / 2)  # x, sines, cosines
        self.phases = torch.tensor([at for many, at in kinds for _ in range(many * coordinates)])
        self.waves = torch.tensor([place >= coordinates for place in range(self.width)])
        few = range(coordinates) if coordinates < FEW else []
        rows = [[scale * (i == j) for scale in scales for j in few] for i in few]
        self.directions = torch.tensor(rows)  # (coordinates, width), or nothing

    def _apply(self, change: Any, recurse: bool = True) -> Self:
        """Moves and converts the constants too, which are no state: no checkpoint holds them."""
        for name in ("scales", "waves", "phases", "directions"):
            setattr(self, name, change(getattr(self, name)))
        super()._apply(change, recurse)  # type: ignore[no-untyped-call]
        return self

    def forward(self, x: Tensor) -> Tensor:
        """Features (n, width) of points (n, *shape).

        They are one sine of all angles. A compiler writes code for every operation, and where it
        joins sines to cosines, or repeats few coordinates, it computes numbers one by one.
        """
        x = x.flatten(1)
        if not self.octaves:
            return x
        if len(self.directions):
            angles = (x.unsqueeze(2) * self.directions).sum(1)  # no product: bf16 is for those
        else:
            angles = (x.unsqueeze(1) * self.scales.unsqueeze(1)).flatten(1)
        return torch.where(self.waves, (angles + self.phases).sin(), angles)

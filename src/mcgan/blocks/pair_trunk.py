"""Trunks of critics that judge pairs (x, z), as ``attach_code`` makes them of x and z.

z joins x before the features of the pair exist, so no part of the score is of x alone.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable

import torch
from torch import Tensor, nn

from mcgan.arch.mlp import FourierFeatures
from mcgan.blocks.wrapped_critic import attach_code, split_code


class PairTrunk(nn.Module, ABC):
    """Features (B, F) of pairs, by the trunk of a critic of x (B, *shape).

    Where x comes alone, it is paired with ``find_code(x)``. Until ``build`` has said how wide z is,
    x is all that there is to see.
    """

    def __init__(
        self,
        trunk: nn.Module,
        shape: tuple[int, ...],
        features: int,
        find_code: Callable[[Tensor], Tensor],
    ) -> None:
        super().__init__()
        self.trunk, self.shape, self.features, self.codes = trunk, shape, features, 0
        self._find_code = find_code

    def build(self, codes: int) -> None:
        """Makes room for z (B, codes)."""
        self.codes = codes
        self._make_room()

    def forward(self, seen: Tensor) -> Tensor:
        """Features (B, F) of pairs (B, C + more, ...), or of x (B, C, ...) alone."""
        if self.codes and seen.shape[1:] == self.shape:
            seen = attach_code(seen, self._find_code(seen))
        return self._features(seen)

    @abstractmethod
    def _make_room(self) -> None: ...

    @abstractmethod
    def _features(self, seen: Tensor) -> Tensor: ...


class JoinsInput(PairTrunk):
    """The trunk's first layer, a linear one, sees all numbers of x and z together.

    So are the nets of ALI's 2-D experiment and of BiGAN's MNIST (Dumoulin et al. 2017, Donahue et
    al. 2017).
    """

    def _make_room(self) -> None:
        pair = attach_code(torch.zeros(1, *self.shape), torch.zeros(1, self.codes))
        first = first_layer(self.trunk)
        assert isinstance(first, nn.Linear)
        for waves in find_waves(self.trunk):
            waves.look_at(pair.numel())
        widen(first, count_inputs(self.trunk, pair.numel()))

    def _features(self, seen: Tensor) -> Tensor:
        found: Tensor = self.trunk(seen)
        return found


class JoinsFeatures(PairTrunk):
    """A hidden layer sees the trunk's features of x, and z.

    So do the convolutional critics of ALI and BiGAN: x passes its convolutions, z joins what comes
    of them, and the layers after that see both.
    """

    def _make_room(self) -> None:
        self.joint = nn.Sequential(
            nn.Linear(self.features + self.codes, self.features), nn.LeakyReLU(0.2)
        )

    def _features(self, seen: Tensor) -> Tensor:
        x, code = split_code(seen, self.shape, self.codes)
        found: Tensor = self.trunk(x)
        return found if code is None else self.joint(torch.cat([found, code], 1))


def pair_trunk(
    trunk: nn.Module, shape: tuple[int, ...], features: int, find_code: Callable[[Tensor], Tensor]
) -> PairTrunk:
    """A trunk of pairs for a trunk of x (B, *shape), which joins z as early as the layers allow."""
    first = first_layer(trunk)
    early = isinstance(first, nn.Linear) and first.in_features == count_inputs(
        trunk, math.prod(shape)
    )
    return (JoinsInput if early else JoinsFeatures)(trunk, shape, features, find_code)


def first_layer(trunk: nn.Module) -> nn.Module | None:
    """The first module of a trunk that has weights of its own, if there is one."""
    return next(
        (m for m in trunk.modules() if any(True for _ in m.parameters(recurse=False))), None
    )


def count_inputs(trunk: nn.Module, numbers: int) -> int:
    """How many numbers a trunk's first weights see of an example of so many."""
    return next((waves.width for waves in find_waves(trunk)), numbers)


def find_waves(trunk: nn.Module) -> list[FourierFeatures]:
    """The modules of a trunk that make waves of its inputs."""
    return [module for module in trunk.modules() if isinstance(module, FourierFeatures)]


def widen(layer: nn.Linear, inputs: int) -> None:
    """Gives a linear layer this many inputs; its weights are drawn anew, as for a new layer."""
    layer.in_features = inputs
    layer.weight = nn.Parameter(layer.weight.new_empty(layer.out_features, inputs))
    layer.reset_parameters()

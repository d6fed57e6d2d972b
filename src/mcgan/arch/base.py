"""What a network family offers: a generator, and a critic's trunk."""

import math
from abc import ABC, abstractmethod
from typing import TypeVar

from torch import nn

from mcgan.config.settings import check_settings

Net = TypeVar("Net", bound=nn.Module)


class Arch(ABC):
    """Builds the two networks for data of any shape it can handle.

    Shapes: B batch, Z latent, F features, ``*S`` data shape.
    """

    latent: int | None  # Z, the width of z; None: as many numbers as an example of the data has

    def __post_init__(self) -> None:
        check_settings(self)

    def find_latent(self, shape: tuple[int, ...]) -> int:
        """Z, the width of z, for data of this shape."""
        return self.latent or math.prod(shape)

    @abstractmethod
    def generator(self, latent: int, shape: tuple[int, ...]) -> nn.Sequential:
        """z (B, latent) -> x (B, *shape); the first block is the one generators needn't share."""

    def drawn(self, net: Net) -> Net:
        """The network itself, with its first weights: here those that torch has drawn.

        It is a generator, or a critic with its head. What strategies add is drawn by torch.
        """
        return net

    @abstractmethod
    def trunk(self, shape: tuple[int, ...]) -> tuple[nn.Module, int]:
        """A module x (B, *shape) -> features (B, F), and F."""

"""What a network family offers: a generator, and a critic's trunk."""

from abc import ABC, abstractmethod

from torch import nn

from mcgan.config.settings import check_settings


class Arch(ABC):
    """Builds the two networks for data of any shape it can handle.

    Shapes: B batch, Z latent, F features, ``*S`` data shape.
    """

    latent: int  # Z, the width of z

    def __post_init__(self) -> None:
        check_settings(self)

    @abstractmethod
    def generator(self, latent: int, shape: tuple[int, ...]) -> nn.Sequential:
        """z (B, latent) -> x (B, *shape); the first block is the one generators needn't share."""

    @abstractmethod
    def trunk(self, shape: tuple[int, ...]) -> tuple[nn.Module, int]:
        """A module x (B, *shape) -> features (B, F), and F."""

"""The two networks of a game: any generator, and a critic that strategies can extend."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from mcgan.gan.ranks import ALONE, Ranks
from mcgan.types import CriticOutput


class Generator(nn.Module):
    """A plain network as a generator: it does not ask where a latent comes from."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, z: Tensor, origin: Tensor) -> Tensor:
        """Examples (B, *S) of latents (B, Z); ``origin`` (B,) is ignored."""
        x: Tensor = self.net(z)
        return x


class Critic(nn.Module):
    """x -> trunk -> features; features and what the neck makes of them -> head -> score.

    A strategy changes a critic in one of two ways. It adds a layer, by ``prepend``, ``enclose``,
    ``extend`` or ``attach``; or it returns a ``blocks.wrapped_critic.WrappedCritic``, which may
    change the score. Nobody else assigns a critic's parts or its ``forward``.
    """

    judges_batches = False  # True when a score depends on other examples of the batch
    has_cross_terms = False  # True when an example changes more scores than one

    def __init__(self, trunk: nn.Module, width: int) -> None:
        super().__init__()
        self.trunk, self.width = trunk, width
        self.ranks: Ranks = ALONE
        self.neck = nn.ModuleList()
        self.head = nn.Linear(width, 1)

    def play_with(self, ranks: Ranks) -> None:
        """From now on a batch is what these processes have of it together."""
        self.ranks = ranks

    def prepend(self, layer: nn.Module) -> "Critic":
        """The critic itself; ``layer`` now changes the examples before the trunk sees them."""
        return self.enclose(lambda trunk: nn.Sequential(layer, trunk))

    def enclose(self, wrap: Callable[[nn.Module], nn.Module]) -> "Critic":
        """The critic itself; its features are now those of ``wrap(trunk)``, as many as before."""
        self.trunk = wrap(self.trunk)
        return self

    def extend(self, layer: nn.Module, extra: int) -> "Critic":
        """The critic itself; ``layer``: features (B, F) -> (B, extra) now feeds the head too."""
        self.neck.append(layer)
        self.head = nn.Linear(self.head.in_features + extra, 1)
        return self

    def attach(self, name: str, head: nn.Module) -> "Critic":
        """The critic itself; it now owns ``head``, which a strategy calls on the features.

        D trains the head, and no score depends on it.
        """
        self.add_module(name, head)
        return self

    def forward(self, x: Tensor) -> CriticOutput:
        """Scores (B,) and features (B, F) of examples (B, *S)."""
        features = self.trunk(x)
        seen = torch.cat([features, *self._extras(features)], dim=1)
        return CriticOutput(self.head(seen).squeeze(1), features)

    def _extras(self, features: Tensor) -> list[Tensor]:
        """What the neck makes of each example, (B, extra) each. It sees the whole batch."""
        if not self.neck:
            return []
        whole = self.ranks.whole(features)
        return [self.ranks.part(layer(whole)) for layer in self.neck]


def batch_normalised(module: nn.Module) -> bool:
    """Whether an example's output depends on its batch through a batch norm."""
    return any(isinstance(m, nn.modules.batchnorm._BatchNorm) for m in module.modules())

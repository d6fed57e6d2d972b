"""The two networks of a game: any generator, and a critic that strategies can extend."""

import torch
from torch import Tensor, nn

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
    """trunk -> neck -> head; strategies extend the neck with what they add to the features."""

    judges_batches = False  # True when a score depends on other examples of the batch

    def __init__(self, trunk: nn.Module, width: int) -> None:
        super().__init__()
        self.trunk, self.width = trunk, width
        self.neck = nn.ModuleList()
        self.head = nn.Linear(width, 1)

    def extend(self, layer: nn.Module, extra: int) -> "Critic":
        """Let ``layer``: features (B, F) -> (B, extra) feed the head too."""
        self.neck.append(layer)
        self.head = nn.Linear(self.head.in_features + extra, 1)
        return self

    def forward(self, x: Tensor) -> CriticOutput:
        """Scores (B,) and features (B, F) of examples (B, *S)."""
        features = self.trunk(x)
        seen = torch.cat([features, *(layer(features) for layer in self.neck)], dim=1)
        return CriticOutput(self.head(seen).squeeze(1), features)


def batch_normalised(module: nn.Module) -> bool:
    """Whether an example's output depends on its batch through a batch norm."""
    return any(isinstance(m, nn.modules.batchnorm._BatchNorm) for m in module.modules())

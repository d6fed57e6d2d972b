"""The data that both sides in PyTorch draw."""

import math
from collections.abc import Callable

import torch
from torch import Generator, Tensor
from workloads import Workload


def source(work: Workload) -> Callable[[int, Generator], Tensor]:
    """(n, generator) -> real examples (n, *shape)."""
    return images if work.image else ring


def ring(n: int, generator: Generator) -> Tensor:
    """Eight Gaussians on a circle."""
    angle = torch.randint(8, (n,), generator=generator) * (math.tau / 8)
    noise = 0.01 * torch.randn(n, 2, generator=generator)
    return torch.stack([angle.cos(), angle.sin()], dim=1) + noise


def images(n: int, generator: Generator) -> Tensor:
    """Three random pictures as channels, of the shape and at the cost of Stacked MNIST."""
    rows = torch.randint(len(PICTURES), (n, 3), generator=generator)
    return PICTURES[rows].float() / 127.5 - 1


PICTURES = torch.randint(
    256, (4096, 28, 28), dtype=torch.uint8, generator=Generator().manual_seed(0)
)

"""The data that both sides in PyTorch draw."""

import functools
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
    place = generator.device
    angle = torch.randint(8, (n,), generator=generator, device=place) * (math.tau / 8)
    noise = 0.01 * torch.randn(n, 2, generator=generator, device=place)
    return torch.stack([angle.cos(), angle.sin()], dim=1) + noise


def images(n: int, generator: Generator) -> Tensor:
    """Three random pictures as channels, of the shape and at the cost of Stacked MNIST."""
    held = pictures(generator.device)
    rows = torch.randint(len(held), (n, 3), generator=generator, device=held.device)
    return held[rows].float() / 127.5 - 1


@functools.cache
def pictures(device: torch.device) -> Tensor:
    """(4096, 28, 28) bytes on a device."""
    size, generator = (4096, 28, 28), Generator().manual_seed(0)
    return torch.randint(256, size, dtype=torch.uint8, generator=generator).to(device)

"""Random numbers where a caller gives none."""

from typing import Literal

import torch
from torch import Generator, Tensor

from mcgan.types import Draw


def draw(
    shape: tuple[int, ...],
    like: Tensor,
    generator: Generator | None,
    kind: Literal["uniform", "normal"] = "uniform",
) -> Tensor:
    """Draws of a CPU generator, torch's own by default, in the type and place of ``like``."""
    drawn = Draw(shape, kind).sample((), generator or torch.default_generator)
    return drawn.to(like)

"""Any mixture of isotropic Gaussians: modes, dimension, weights and widths are settings."""

from dataclasses import dataclass
from typing import Annotated, Any

import torch
from torch import Generator, Tensor

from mcgan.config.settings import Above, AtLeast, AtMost
from mcgan.dataset._gaussian import equal
from mcgan.dataset.vectors import GaussianModes

TRIES = 200  # points drawn for a mode before its cube is called full


@dataclass(eq=False)
class Mixture(GaussianModes):
    """Modes at given `centres`, or at points drawn by `seed` in a cube, `apart` from each other.

    Weights fall geometrically so that the heaviest mode has `imbalance` times the lightest one's,
    or follow `shares`; widths are all `std`, or `stds`.
    """

    components: Annotated[int, AtLeast(1), AtMost(10_000)] = 10
    dim: Annotated[int, AtLeast(1), AtMost(10_000)] = 2
    seed: int = 0
    spread: Annotated[float, Above(0)] = 4.0
    apart: Annotated[float, AtLeast(0)] = 0.6
    centres: list[Any] | None = None  # rows of numbers; list[list[float]] would refuse integers
    std: Annotated[float, Above(0)] = 0.1
    stds: list[float] | None = None
    imbalance: Annotated[float, AtLeast(1)] = 1.0
    shares: list[float] | None = None
    fixed_size: Annotated[int, AtLeast(1), AtMost(100_000_000)] | None = None
    unit: Annotated[float, Above(0)] | None = None  # the length that is 1 for the nets

    def __post_init__(self) -> None:
        super().__post_init__()
        centres = self._draw_centres() if self.centres is None else check_centres(self.centres)
        law = equal(centres, self.std)
        if self.stds is not None:
            law = law._replace(stds=positive("stds", self.stds, len(centres)))
        self.settle(law._replace(weights=self._weights(len(centres))), self.fixed_size, self.unit)

    def _draw_centres(self) -> Tensor:
        return scatter_points(self.components, self.dim, self.spread, self.apart, self.seed)

    def _weights(self, modes: int) -> Tensor:
        if self.shares is not None and self.imbalance != 1:
            raise ValueError("give either shares or imbalance, not both")
        rank = torch.linspace(0, 1, modes, dtype=torch.float64)
        falling = self.imbalance**-rank
        shares = falling if self.shares is None else positive("shares", self.shares, modes)
        return shares / shares.sum()


def check_centres(centres: list[Any]) -> Tensor:
    """(K, d) float64; raises ValueError for rows of different lengths or infinite ones."""
    try:
        points = torch.tensor(centres, dtype=torch.float64)
    except (TypeError, ValueError):
        points = torch.empty(0)
    if points.dim() != 2 or not points.numel():
        raise ValueError("centres must be a list of points of one dimension, [[0, 0], [1, 0]]")
    if not points.isfinite().all():
        raise ValueError("centres must be finite numbers")
    return points


def positive(name: str, values: list[float], modes: int) -> Tensor:
    """(K,) float64; raises ValueError for another length or a value not above 0."""
    if len(values) != modes:
        raise ValueError(f"{name} must have one value per mode, {modes}, not {len(values)}")
    if not all(value > 0 for value in values):
        raise ValueError(f"{name} must all be above 0, not {values}")
    return torch.tensor(values, dtype=torch.float64)


def scatter_points(modes: int, dim: int, spread: float, apart: float, seed: int) -> Tensor:
    """Points (modes, dim) even in [-spread, spread]^dim, redrawn where nearer than `apart`.

    Raises ValueError where they do not fit.
    """
    generator = Generator().manual_seed(seed)
    chosen = torch.empty(modes, dim, dtype=torch.float64)
    for found in range(modes):
        for _ in range(TRIES):
            even = torch.rand(dim, generator=generator, dtype=torch.float64) * 2 - 1
            if ((chosen[:found] - spread * even).square().sum(1) >= apart**2).all():
                chosen[found] = spread * even
                break
        else:
            raise ValueError(
                f"found room for {found} of {modes} modes, {apart} apart, in a cube of ±{spread}; "
                "raise spread or lower apart"
            )
    return chosen

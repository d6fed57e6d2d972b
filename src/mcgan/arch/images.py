"""What convolutional nets share: shapes they take, norms between layers, residual blocks."""

from collections.abc import Callable

from torch import Tensor, nn

from mcgan.errors import UserError

# Batch statistics only: a running average would be state that evaluation and EMA see differently.
NORMS: dict[str, Callable[[int], list[nn.Module]]] = {
    "none": lambda channels: [],
    "batch": lambda channels: [nn.BatchNorm2d(channels, track_running_stats=False)],
    "group": lambda channels: [nn.GroupNorm(max(channels // 8, 1), channels)],
    "layer": lambda channels: [nn.GroupNorm(1, channels)],
}
SMALLEST = range(4, 8)  # sides that nets of doubled sides start from


def image_side(shape: tuple[int, ...], sides: str, fits: Callable[[int], bool]) -> int:
    """The side of square images (C, side, side); UserError where a net can't make them."""
    if len(shape) == 3 and shape[1] == shape[2] and fits(shape[1]):
        return shape[1]
    raise UserError(
        f"arch: these nets make square images with {sides}, but an example of this dataset is "
        f"{tuple(shape)}; try arch=mlp"
    )


def doubled_sides(shape: tuple[int, ...]) -> list[int]:
    """The sides from 4 to 7 pixels to the image's, each twice the one before: 32 has 4, 8, 16, 32.

    Raises UserError for images that are not square, or not 4, 5, 6 or 7 times a power of two.
    """
    side = image_side(
        shape,
        "a side of 4, 5, 6 or 7 times a power of two, from 8 up",
        lambda side: side >= 8 and halvings(side)[0] in SMALLEST,
    )
    return halvings(side)


def halvings(side: int, smallest: int = SMALLEST[-1]) -> list[int]:
    """Rising sides: this one and its whole halves, down to the first of at most `smallest`."""
    whole = side > smallest and side % 2 == 0
    return [*(halvings(side // 2, smallest) if whole else []), side]


class Residual(nn.Module):
    """x -> branch(x) + shortcut(x) (He et al. 2016)."""

    def __init__(self, branch: nn.Module, shortcut: nn.Module) -> None:
        super().__init__()
        self.branch, self.shortcut = branch, shortcut

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> what both make of it."""
        out: Tensor = self.branch(x) + self.shortcut(x)
        return out

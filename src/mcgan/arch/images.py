"""What convolutional nets share: the shapes they take and the norms between their layers."""

from collections.abc import Callable

from torch import nn

from mcgan.errors import UserError

# Batch statistics only: a running average would be state that evaluation and EMA see differently.
NORMS: dict[str, Callable[[int], list[nn.Module]]] = {
    "none": lambda channels: [],
    "batch": lambda channels: [nn.BatchNorm2d(channels, track_running_stats=False)],
    "group": lambda channels: [nn.GroupNorm(max(channels // 8, 1), channels)],
    "layer": lambda channels: [nn.GroupNorm(1, channels)],
}


def image_side(shape: tuple[int, ...], sides: str, fits: Callable[[int], bool]) -> int:
    """The side of square images (C, side, side); UserError where a net can't make them."""
    if len(shape) == 3 and shape[1] == shape[2] and fits(shape[1]):
        return shape[1]
    raise UserError(
        f"arch: these nets make square images with {sides}, but an example of this dataset is "
        f"{tuple(shape)}; try arch=mlp"
    )

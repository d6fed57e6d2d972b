"""DiffAugment (Zhao et al. 2020): D sees real and fake through random changes."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor

from mcgan.config.settings import AtLeast, AtMost
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.types import Draw, Moment, Sample


@dataclass(eq=False, repr=False)
class DiffAugment(Strategy):
    """Colour, then translation, then cutout, of every image on its own, G's gradient through them.

    With ``color`` 1: brightness + U(-0.5, 0.5), saturation * U(0, 2), contrast * U(0.5, 1.5).
    ``translation`` and ``cutout`` are shares of the sides: the longest shift, filled with zeros,
    and the side of a square of zeros about a random place.
    """

    color: Annotated[float, AtLeast(0), AtMost(1)] = 1.0
    translation: Annotated[float, AtLeast(0), AtMost(1)] = 0.125
    cutout: Annotated[float, AtLeast(0), AtMost(1)] = 0.5
    off: ClassVar[dict[str, Any]] = {"color": 0.0, "translation": 0.0, "cutout": 0.0}

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        return {which: Draw((7, batch)) for which in ("real", "fake")}

    def setup(self, game: Game, data: Any) -> None:
        if len(game.shape) != 3:
            raise ValueError(f"augments images, and an example of this dataset is {game.shape}: "
                             "choose a dataset of images")

    def view(self, sample: Sample, moment: Moment) -> Sample:
        real, fake = (self.drawn(moment, which) for which in ("real", "fake"))
        drawn = torch.where(sample.origin < 0, real, fake)  # (7, B)
        x = recoloured(sample.x, self.color * (drawn[:3] - 0.5).reshape(3, -1, 1, 1, 1))
        x = moved(x, self.translation, *drawn[3:5])
        return sample._replace(x=x * outside(x, self.cutout, *drawn[5:7]))


def recoloured(x: Tensor, by: Tensor) -> Tensor:
    """Brightness, saturation and contrast of x (B, C, H, W) changed ``by`` (3, B, 1, 1, 1)."""
    x = x + by[0]
    grey = x.mean(1, keepdim=True)
    x = grey + (x - grey) * (1 + 2 * by[1])
    mean = x.mean((1, 2, 3), keepdim=True)
    return mean + (x - mean) * (1 + by[2])


def moved(x: Tensor, share: float, down: Tensor, right: Tensor) -> Tensor:
    """Shifted by whole pixels, up to a share of the sides either way; ``down`` (B,) in [0, 1).

    Products with one-hot rows: gradients of pixels picked by index add up in no fixed order.
    """
    rows, columns = (shifts(side, int(share * side + 0.5), by).to(x.dtype)
                     for side, by in zip(x.shape[2:], (down, right), strict=True))
    return rows.unsqueeze(1) @ x @ columns.mT.unsqueeze(1)


def shifts(side: int, longest: int, by: Tensor) -> Tensor:
    """(B, side, side): row i has its one where pixel i comes from, if that is in the image."""
    place = torch.arange(side, device=by.device)
    shift = (by * (2 * longest + 1)).long() - longest
    return place.unsqueeze(1) - place == shift.reshape(-1, 1, 1)


def outside(x: Tensor, share: float, down: Tensor, right: Tensor) -> Tensor:
    """(B, 1, H, W): zero in a square about the place (down, right), else one."""
    rows, columns = (within(side, int(share * side + 0.5), at)
                     for side, at in zip(x.shape[2:], (down, right), strict=True))
    return 1 - (rows.unsqueeze(2) & columns.unsqueeze(1)).to(x.dtype).unsqueeze(1)


def within(side: int, length: int, at: Tensor) -> Tensor:
    """(B, side): which pixels are of the stretch of this length about a random one."""
    start = (at * side).long() - length // 2
    offset = torch.arange(side, device=at.device) - start.unsqueeze(1)
    return (offset >= 0) & (offset < length)

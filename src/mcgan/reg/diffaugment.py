"""DiffAugment (Zhao et al. 2020): D sees real and fake through random changes."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import torch

from mcgan.config.settings import AtLeast, AtMost
from mcgan.functional import diffaugment
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
            raise ValueError(
                f"augments images, and an example of this dataset is {game.shape}: "
                "choose a dataset of images"
            )

    def view(self, sample: Sample, moment: Moment) -> Sample:
        real, fake = (self.get_noise(moment, which) for which in ("real", "fake"))
        drawn = torch.where(sample.origin < 0, real, fake)  # (7, B)
        x = diffaugment(
            sample.x, drawn, color=self.color, translation=self.translation, cutout=self.cutout
        )
        return sample._replace(x=x)

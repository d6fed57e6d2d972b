"""Instance noise (Sønderby et al. 2017): D sees real and fake through the same fog."""

from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

import torch

from mcgan.config.settings import AtLeast, Scheduled
from mcgan.functional import instance_noise
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.types import Draw, Moment, Sample, per_example

MEASURED = 1024  # real examples that tell the data's std


@dataclass(eq=False, repr=False)
class InstanceNoise(Strategy):
    """Adds N(0, (std * s)^2) to all that the critic sees, s the std of the real data."""

    std: Annotated[Any, Scheduled, AtLeast(0)] = field(
        default_factory=lambda: {"from": 0.1, "to": 0.0}
    )
    off: ClassVar[dict[str, Any]] = {"std": 0.0}

    def __post_init__(self) -> None:
        super().__post_init__()
        self.register_buffer("spread", torch.ones(()))

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        fog = Draw((batch, *shape), "normal")
        return {"real": fog, "fake": fog}

    def setup(self, game: Game, data: Any) -> None:
        self.spread = data(MEASURED).var(0).mean().sqrt()  # as datasets scale vectors

    def view(self, sample: Sample, moment: Moment) -> Sample:
        real = per_example(sample.origin < 0, sample.x)
        fog = torch.where(real, self.get_noise(moment, "real"), self.get_noise(moment, "fake"))
        std = moment.now(self.std) * self.spread
        return sample._replace(x=instance_noise(sample.x, std, fog))

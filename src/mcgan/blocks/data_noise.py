"""Normal noise in stds of the real data, one draw for each example that the critic sees."""

from collections.abc import Callable

import torch
from torch import Tensor

from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.types import Draw, Moment, Sample, per_example

MEASURED = 1024  # real examples that tell the data's std


class DataNoise(Strategy):
    """A strategy that knows the std of the real data, and has noise for real and fake examples."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.register_buffer("spread", torch.ones(()))

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        drawn = Draw((batch, *shape), "normal")
        return {"real": drawn, "fake": drawn}

    def setup(self, game: Game, data: Callable[[int], Tensor]) -> None:
        self.spread = data(MEASURED).var(0).mean().sqrt()  # as datasets scale vectors

    def noise_for(self, sample: Sample, moment: Moment) -> tuple[Tensor, Tensor]:
        """Which examples are real, and each one's noise N(0, 1): both (B, ...) as the examples."""
        real = per_example(sample.origin < 0, sample.x)
        noise = torch.where(real, self.get_noise(moment, "real"), self.get_noise(moment, "fake"))
        return real, noise

"""Instance noise (Sønderby et al. 2017): D sees real and fake through the same fog."""

from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from mcgan.blocks.data_noise import DataNoise
from mcgan.config.settings import AtLeast, Scheduled
from mcgan.functional import instance_noise
from mcgan.types import Moment, Sample


@dataclass(eq=False, repr=False)
class InstanceNoise(DataNoise):
    """Adds N(0, (std * s)^2) to all that the critic sees, s the std of the real data."""

    std: Annotated[Any, Scheduled, AtLeast(0)] = field(
        default_factory=lambda: {"from": 0.1, "to": 0.0}
    )
    off: ClassVar[dict[str, Any]] = {"std": 0.0}

    def view(self, sample: Sample, moment: Moment) -> Sample:
        _, fog = self.noise_for(sample, moment)
        std = moment.now(self.std) * self.spread
        return sample._replace(x=instance_noise(sample.x, std, fog))

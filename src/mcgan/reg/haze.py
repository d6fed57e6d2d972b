"""A haze that samples keep: G learns blurred data, and D then learns how plain data differ.

Noise in front of D is of Sønderby et al. 2017. That samples keep it, so that D's score can trim
them (Azadi et al. 2019), is this project's own.
"""

from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from mcgan.blocks.data_noise import DataNoise
from mcgan.config.settings import Above, AtLeast, AtMost, Scheduled
from mcgan.types import Moment, Sample


@dataclass(eq=False, repr=False)
class Haze(DataNoise):
    """Fakes are G(z) + N(0, (std * s)^2), s the std of the real data; in training and as samples.

    Up to the share ``until`` of the run D sees data through such noise too, so that G learns them.
    From then on D sees plain data: its score becomes the log of their density over the fakes'.
    """

    std: Annotated[Any, Scheduled, AtLeast(0)] = field(
        default_factory=lambda: {"from": 0.5, "to": 0.1, "until": 0.4, "shape": "cosine"}
    )
    until: Annotated[float, Above(0), AtMost(1)] = 0.6
    off: ClassVar[dict[str, Any]] = {"std": 0.0}

    def view(self, sample: Sample, moment: Moment) -> Sample:
        real, noise = self.noise_for(sample, moment)
        noise = noise * (~real | (moment.progress < self.until))
        std = moment.now(self.std) * self.spread
        return sample._replace(x=sample.x + std * noise)

    def shown(self, sample: Sample, moment: Moment) -> Sample:
        std = moment.now(self.std) * self.spread
        return sample._replace(x=sample.x + std * self.get_noise(moment, "fake"))

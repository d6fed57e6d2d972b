"""How a table is measured. Rows of different protocols never share a table."""

import math
import re
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from mcgan.config.settings import Above, AtLeast, check_settings

NAME = re.compile(r"[A-Za-z0-9_][\w .+-]{0,99}")


@dataclass(frozen=True)
class Protocol:
    """One paper's way of counting; its name is stored with every result."""

    version: ClassVar[int] = 1  # raise it when the counting changes: results store it
    name: str = "default"
    samples: Annotated[int, AtLeast(2)] = 10_000  # drawn from each generator
    norm: Literal["l2", "box"] = "l2"  # of the distance to the centre; box: of each coordinate
    # In σ; None: the distance that 98.89 % of real data keeps.
    threshold: Annotated[float, Above(0)] | None = None
    kl_over: Literal["all", "good"] = "all"  # what KL and effective modes are of
    debias: bool = False  # take the floor (K-1)/2n of a perfect sampler off the KL
    log_base: Annotated[float, Above(1)] | None = None  # of the KL; None: natural

    def __post_init__(self) -> None:
        check_settings(self)
        if not NAME.fullmatch(self.name):  # files are called by it
            raise ValueError(f"name {self.name[:80]!r} is no name: use letters, digits and _ . + -")
        if self.norm == "box" and self.threshold is None:
            raise ValueError("norm=box needs a threshold in σ, such as threshold=3")

    @property
    def unit(self) -> float:
        """Nats in one unit of this protocol's logarithm."""
        return 1.0 if self.log_base is None else math.log(self.log_base)

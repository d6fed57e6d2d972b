"""How a table is measured. Rows of different protocols never share a table."""

import math
from dataclasses import dataclass

NORMS = ("l2", "box")
OVER = ("all", "good")


@dataclass(frozen=True)
class Protocol:
    """One paper's way of counting; its name is stored with every result."""

    name: str = "default"
    samples: int = 10_000  # drawn from each generator
    norm: str = "l2"  # l2: distance to the centre; box: every coordinate by itself
    threshold: float | None = None  # in σ; None: the distance that 98.89 % of real data keeps
    kl_over: str = "all"  # KL and effective modes over all samples, or over good ones
    debias: bool = False  # take the floor (K-1)/2n of a perfect sampler off the KL
    log_base: float | None = None  # of the KL; None: natural

    def __post_init__(self) -> None:
        if self.samples < 1:
            raise ValueError(f"samples must be at least 1, not {self.samples}")
        if self.norm not in NORMS:
            raise ValueError(f"norm must be one of {', '.join(NORMS)}, not {self.norm!r}")
        if self.kl_over not in OVER:
            raise ValueError(f"kl_over must be one of {', '.join(OVER)}, not {self.kl_over!r}")
        if self.threshold is not None and not self.threshold > 0:
            raise ValueError(f"threshold must be above 0, not {self.threshold}")
        if self.norm == "box" and self.threshold is None:
            raise ValueError("norm=box needs a threshold in σ, such as threshold=3")
        if self.log_base is not None and not self.log_base > 1:
            raise ValueError(f"log_base must be above 1 or null (natural), not {self.log_base}")

    @property
    def unit(self) -> float:
        """Nats in one unit of this protocol's logarithm."""
        return 1.0 if self.log_base is None else math.log(self.log_base)

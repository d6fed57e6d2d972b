"""What a reader of a table of scores must know, in a sentence each."""

import math
from collections.abc import Mapping, Sequence

from mcgan.metrics.interval import drop_unknown
from mcgan.metrics.measures import measure

SURELY = 3.0  # standard errors above its ceiling, from which on a quality is flagged

Values = Mapping[str, Sequence[float | None]]  # measure -> one score per replica


def remarks(values: Values, perfect: Mapping[str, float | None], samples: int) -> list[str]:
    """Sentences on the scores of replicas, each of so many samples, beside a perfect sampler's."""
    return [*too_good(values, perfect, samples), *missing(values)]


def too_good(values: Values, perfect: Mapping[str, float | None], samples: int) -> list[str]:
    """Whether replicas exceed the share of real data that is of high quality."""
    ceiling = perfect.get("quality")
    if ceiling is None:
        return []
    above = [exceeds(each, ceiling, samples) for each in values.get("quality", ())]
    if not any(above):
        return []
    return [
        f"quality above its ceiling of {measure('quality').show(ceiling)}"
        f"{count(sum(above), len(above))}: modes are narrower than the data's"
    ]


def exceeds(quality: float | None, ceiling: float, samples: int) -> bool:
    """Whether a share of so many samples is above its ceiling, beyond chance."""
    error = math.sqrt(max(ceiling * (1 - ceiling), 0.0) / samples)
    return quality is not None and quality > ceiling + SURELY * error


def missing(values: Values) -> list[str]:
    """Measures that some replicas lack: their means are of the others."""
    lacking = {key: len(each) - len(drop_unknown(each)) for key, each in values.items()}
    return [
        f"{measure(key).label}: the mean leaves out {number} of {len(values[key])} replicas"
        for key, number in lacking.items()
        if 0 < number < len(values[key])
    ]


def count(some: int, all_: int) -> str:
    """How many of several replicas a remark is true of; nothing for a single one."""
    return f" in {some} of {all_} replicas" if all_ > 1 else ""

"""How each measure is called in tables and on the dashboard."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from mcgan.metrics.interval import Interval, bounded_interval, mean_interval

T = TypeVar("T")
WIDEST = 10.0  # as `mcgan.dataset.width` has it, which imports torch


class Measure(NamedTuple):
    """`percent`: a share, shown times 100. `of`: the only data that have it, images or vectors.

    `unit`: of the bare number, as charts show it. `signed`: it may be below 0, as unbiased measures
    are. `most`: where the measure ends, so that a number there stands for all above. `paper`: its
    source, if it has one.
    """

    key: str
    tag: str
    label: str
    unit: str = ""
    percent: bool = False
    of: str = ""
    most: float | None = None
    paper: str = ""
    signed: bool = False

    @property
    def title(self) -> str:
        """The label of a chart, with the unit if there is one."""
        return f"{self.label} ({self.unit})" if self.unit else self.label

    def interval(self, values: Sequence[float | None]) -> Interval:
        """Mean and 95 % interval over replicas or seeds, which stays in the measure's range."""
        return mean_interval(values) if self.signed else bounded_interval(values)

    def show(self, value: float | None) -> str:
        """As a table shows it; an en dash where there is no number."""
        if value is None:
            return "–"
        if self.most is not None and value >= self.most:
            return f"≥ {self.most:g}"
        if self.percent:
            return f"{100 * value:.1f} %"
        return f"{value:.3g}" if abs(value) < 100 else f"{value:,.1f}".removesuffix(".0")

    def show_mean(self, mean: float | None, values: Iterable[float | None]) -> str:
        """A mean of these values: `≥ 5.6` where one of them stands at the end of the measure."""
        shown = self.show(mean)
        most = self.most
        ends = most is not None and any(each is not None and each >= most for each in values)
        return f"≥ {shown}" if ends and "≥" not in shown else shown


MEASURES = {
    measure.key: measure
    for measure in (
        Measure("modes_covered", "coverage/modes_covered", "modes covered", "count"),
        Measure("modes_published", "coverage/modes_published", "modes as published", "count"),
        Measure("modes_strict", "coverage/modes_strict", "strict modes", "count"),
        Measure(
            "modes_confident",
            "coverage/modes_confident",
            "modes, confident samples",
            "count",
            of="images",
        ),
        Measure(
            "effective_modes",
            "coverage/effective_modes",
            "effective modes",
            "count, exp of entropy",
        ),
        Measure(
            "missing_mass",
            "coverage/missing_mass",
            "missing mass",
            "share of the data",
            percent=True,
        ),
        Measure("quality", "quality/high_quality", "high-quality samples", "share", percent=True),
        Measure("kl", "quality/kl", "KL to the true weights", "nats"),
        Measure(
            "spread_least",
            "quality/spread_least",
            "least spread in a mode / true",
            "1: as the data",
            most=WIDEST,
        ),
        Measure(
            "energy",
            "quality/energy",
            "energy distance to the data",
            of="vectors",
            paper="Székely & Rizzo 2013",
        ),
        Measure(
            "copies",
            "quality/copies",
            "copies of other samples",
            "share",
            percent=True,
            of="images",
        ),
        Measure(
            "width_ratio",
            "quality/width_ratio",
            "width inside modes / true",
            "1: as the data",
            of="vectors",
            most=WIDEST,
        ),
        Measure(
            "off_manifold",
            "quality/off_manifold",
            "off the manifold",
            "share",
            percent=True,
            of="images",
        ),
        Measure("coverage", "features/coverage", "coverage in features", "share", percent=True),
        Measure("precision", "features/precision", "precision in features", "share", percent=True),
        Measure("recall", "features/recall", "recall in features", "share", percent=True),
        Measure("frechet", "features/frechet", "Fréchet distance in features"),
        Measure("fid", "features/fid", "FID (≤ 2,000 samples)"),
        Measure("fd_dinov2", "features/fd_dinov2", "FD-DINOv2 (≤ 2,000 samples)"),
        Measure("kid", "features/kid", "KID", signed=True),
        Measure("mmd", "features/mmd", "MMD² in features", signed=True),
        Measure("sliced", "features/sliced", "sliced W2 in features"),
    )
}


RENAMED = {"modes": "modes_published"}  # in runs of before


def by_new_names(scores: Mapping[str, T]) -> dict[str, T]:
    """Scores by measure, of a run of before by the names of now."""
    return {RENAMED.get(key, key): value for key, value in scores.items()}


def with_new_names(result: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a result.json of any age; one without measures stays as it is."""
    metrics = result.get("metrics")
    return {**result, "metrics": by_new_names(metrics)} if isinstance(metrics, dict) else {**result}


def ends(key: str) -> tuple[str, str]:
    """Tags of the ends of an interval, apart from the tags that people read."""
    return f"interval/{key}_lower", f"interval/{key}_upper"


def measure(key: str) -> Measure:
    """The measure of that name; one we do not know is shown by its own name."""
    return MEASURES.get(key, Measure(key, f"quality/{key}", key.replace("_", " "), signed=True))

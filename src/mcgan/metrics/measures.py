"""How each measure is called in tables and on the dashboard."""

from typing import NamedTuple


class Measure(NamedTuple):
    """`percent`: a share, shown times 100. `of`: the only data that have it, images or vectors.

    `unit`: of the bare number, as charts show it.
    """

    key: str
    tag: str
    label: str
    unit: str = ""
    percent: bool = False
    of: str = ""

    @property
    def title(self) -> str:
        return f"{self.label} ({self.unit})" if self.unit else self.label

    def show(self, value: float | None) -> str:
        """As a table shows it; an en dash where there is no number."""
        if value is None:
            return "–"
        if self.percent:
            return f"{100 * value:.1f} %"
        return f"{value:.3g}" if abs(value) < 100 else f"{value:,.1f}".removesuffix(".0")


MEASURES = {
    measure.key: measure
    for measure in (
        Measure("modes", "coverage/modes", "modes covered", "count"),
        Measure("modes_strict", "coverage/modes_strict", "modes at 20 % of their share", "count"),
        Measure("modes_confident", "coverage/modes_confident", "modes, confident samples",
                "count", of="images"),
        Measure("effective_modes", "coverage/effective_modes", "effective modes",
                "count, exp of entropy"),
        Measure("missing_mass", "coverage/missing_mass", "missing mass", "share of the data",
                percent=True),
        Measure("quality", "quality/high_quality", "high-quality samples", "share",
                percent=True),
        Measure("kl", "quality/kl", "KL to the true weights", "nats"),
        Measure("width_ratio", "quality/width_ratio", "width inside modes / true",
                "1: as the data", of="vectors"),
        Measure("off_manifold", "quality/off_manifold", "off the manifold", "share",
                percent=True, of="images"),
    )
}


def ends(key: str) -> tuple[str, str]:
    """Tags of the ends of an interval, apart from the tags that people read."""
    return f"interval/{key}_lower", f"interval/{key}_upper"


def measure(key: str) -> Measure:
    """The measure of that name; one we do not know is shown by its own name."""
    return MEASURES.get(key, Measure(key, f"quality/{key}", key.replace("_", " ")))

"""One run as a comparison reads it, whatever its state."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mcgan.compare.curves import RunCurves
from mcgan.config.choices import Choices
from mcgan.errors import printable


@dataclass
class Run:
    """One run. `results`: result.json, then what was measured again; none: `note` says why."""

    folder: Path
    state: str  # of status.json, or `damaged`
    note: str = ""
    ended: str = ""
    config: dict[str, Any] = field(default_factory=dict)
    results: list[dict[str, Any]] = field(default_factory=list)
    course: RunCurves = field(default_factory=RunCurves)
    choices: Choices = field(default_factory=dict)  # none: the run is older than they
    collapsed: dict[int, bool] = field(default_factory=dict)  # by seed, as the verdict says
    words: list[str] = field(default_factory=list)  # that it was asked for with; none: unknown

    @property
    def command(self) -> str:
        """What was typed for its result; empty where that is unknown."""
        return str(self.results[0].get("command") or "") if self.results else ""

    @property
    def verdict(self) -> str:
        """What its result says has become of it, with the cause and what to try."""
        found = self.results[0].get("verdict") if self.results else None
        return str((found or {}).get("text") or "")

    @property
    def place(self) -> str:
        """Its folder, as it is printed."""
        return str(printable(str(self.folder)))

    @property
    def fate(self) -> str:
        """Where it lies and why it is left out of a comparison."""
        return f"{self.place}: {self.state}{f', {self.note}' if self.note else ''}"

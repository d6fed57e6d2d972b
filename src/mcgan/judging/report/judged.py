"""What `mcgan.judge` returns: a judgement with the samples that it is about."""

import json
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mcgan.judging.report import text
from mcgan.judging.report.judged_pair import JudgedPair
from mcgan.system.atomic import write_bytes

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class JudgedSamples(JudgedPair):
    """Samples of a generator held against real ones, as `mcgan.judge` returns them.

    ``print`` shows what the command prints; a notebook shows a table.

    >>> import numpy as np
    >>> rows = np.random.default_rng(0)
    >>> found = mcgan.judge(rows.normal(size=(400, 2)), rows.normal(size=(800, 2)))
    >>> found.kind, found.collapsed, len(found.missing)
    ('healthy', False, 0)
    """

    def figure(self) -> "Figure":
        """A matplotlib figure: the groups' shares, and samples among real ones in a plane."""
        from mcgan.judging.report.drawing import draw

        return draw([self])

    def html(self, path: str | PathLike[str]) -> None:
        """Writes one page that needs nothing else, as ``mcgan judge --html`` does.

        Raises UserError where the file cannot be written.
        """
        from mcgan.judging.report.page import page

        write_bytes(Path(path), page([self]).encode())

    def scalars(self) -> dict[str, float]:
        """Numbers for a chart: each measure, the share of real data missing, 1 for collapsed."""
        return self.judgement.scalars()

    def to_dict(self) -> dict[str, Any]:
        """All of it as lists, mappings, numbers and words, ready for JSON."""
        pair = self.pair
        found = self.judgement.to_dict() | {
            "fakes": self.name,
            "real": pair.real_samples.name,
            "features": pair.reason,
            "notes": pair.notes,
            "seed": self.seed,
            "groups": [vars(group) for group in self.groups],
            "missing": {
                "rows": self.missing.rows.tolist(),
                "share": self.missing.share,
                "interval": self.missing.interval,
                "groups": [vars(group) for group in self.missing.groups],
            },
        }
        plain: dict[str, Any] = json.loads(json.dumps(found))
        return plain

    def __str__(self) -> str:
        return text.tell(self)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return text.tell_html(self.judgement)

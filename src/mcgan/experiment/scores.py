"""Scores of samples, as Python and notebooks show them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from mcgan.dataset.base import ModalDataset
from mcgan.errors import near_or_all
from mcgan.experiment.feature_space import FeatureSpace
from mcgan.experiment.measuring import Measuring
from mcgan.experiment.result import metric
from mcgan.metrics.interval import Interval
from mcgan.metrics.measures import MEASURES, measure
from mcgan.metrics.protocol import Protocol
from mcgan.metrics.remarks import remarks
from mcgan.view.notebook import html_table
from mcgan.view.terminal.summary import heads, row


class Scores(Mapping[str, float | None]):
    """Scores by measure: of one generator's samples, or the means over the replicas of a run.

    The names are those of ``mcgan.metrics.evaluate``; None stands for what cannot be computed.

    >>> ring = mcgan.build_dataset("ring")
    >>> scores = mcgan.evaluate(ring.sample(2000), ring)
    >>> scores["modes_covered"], scores.perfect["modes_covered"], scores.counts.shape
    (8.0, 8.0, torch.Size([8]))
    """

    each: dict[str, list[float | None]]  # a score per replica; of own samples: one
    perfect: dict[str, float | None]  # a perfect sampler's scores on as many samples
    real: dict[str, float | None]  # real data's scores on as many samples
    counts: Tensor  # (K,) high-quality samples per mode; of several replicas (R, K)
    protocol: Protocol
    samples: int  # per replica

    def __init__(
        self,
        samples: Sequence[Tensor],
        dataset: ModalDataset,
        protocol: Protocol,
        space: FeatureSpace | None = None,
    ) -> None:
        """Measures samples (n, *shape) in net units, a tensor for each replica."""
        measuring = Measuring(dataset, protocol, len(samples[0]), space)
        seen = [measuring.score(x) for x in samples]
        self.each = {key: [one.scores[key] for one in seen] for key in seen[0].scores}
        counts = [one.counts for one in seen]
        self.counts = torch.stack(counts) if len(counts) > 1 else counts[0]
        self.protocol, self.samples = protocol, len(samples[0])
        rows = measuring.reference
        self.perfect, self.real = rows["perfect"], rows["real"]

    @property
    def reference(self) -> dict[str, dict[str, float | None]]:
        """The rows to hold the scores against: ``perfect`` and ``real``."""
        return {"perfect": self.perfect, "real": self.real}

    @property
    def remarks(self) -> list[str]:
        """What must be known beside the numbers, such as a quality above its ceiling: sentences.

        >>> ring = mcgan.build_dataset("ring")
        >>> mcgan.evaluate(ring.sample(2000), ring).remarks
        []
        """
        return remarks(self.each, self.perfect, self.samples)

    def __getitem__(self, key: str) -> float | None:
        return self.interval(key).mean

    def __iter__(self) -> Iterator[str]:
        return iter(self.each)

    def __len__(self) -> int:
        return len(self.each)

    def interval(self, key: str) -> Interval:
        """Mean and 95 % interval over the replicas; one replica has no interval.

        Of counts and shares it is a bootstrap, within their range; of others Student's.

        >>> mcgan.load("runs/first").evaluate(samples=500).interval("quality").mean is not None
        True
        """
        if key not in self.each:
            raise KeyError(f"no score {key!r}" + near_or_all(str(key), self.each, "there are"))
        return measure(key).interval(self.each[key])

    def table(self) -> str:
        """The scores as text, with a perfect sampler and real data beside them.

        >>> ring = mcgan.build_dataset("ring")
        >>> print(mcgan.evaluate(ring.sample(2000), ring).table().splitlines()[0])
        protocol default, 2,000 samples
        """
        rows = [self._heads(), *self._rows()]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = (
            cells[0].ljust(widths[0])
            + "".join(
                cell.rjust(width + 3) for cell, width in zip(cells[1:], widths[1:], strict=True)
            )
            for cells in rows
        )
        return "\n".join([self._title(), *lines, *map("! {}".format, self.remarks)])

    def __repr__(self) -> str:
        return self.table()

    def _repr_html_(self) -> str:
        title = " · ".join([self._title(), *self.remarks])
        return html_table(title, self._heads(), self._rows())

    def _title(self) -> str:
        count = len(next(iter(self.each.values())))
        of = f" from each of {count} replicas" if count > 1 else ""
        return f"protocol {self.protocol.name}, {self.samples:,} samples{of}"

    def _heads(self) -> tuple[str, ...]:
        return ("", *heads(len(next(iter(self.each.values())))))

    def _rows(self) -> list[tuple[str, ...]]:
        known = [*(key for key in MEASURES if key in self), *(k for k in self if k not in MEASURES)]
        cells: list[Any] = [
            row(measure(key), metric(key, self.each[key], self.reference)) for key in known
        ]
        return cells if self._many() else [(label, mean, *rest) for label, mean, _, *rest in cells]

    def _many(self) -> bool:
        return len(next(iter(self.each.values()))) > 1

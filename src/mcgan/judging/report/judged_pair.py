"""A judgement together with the samples that it is about."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from mcgan.judging.groups import GroupShares, MissingGroup
from mcgan.judging.judgement import Judgement
from mcgan.judging.measures import Measured
from mcgan.judging.pairs import Pair
from mcgan.judging.proportions import wilson
from mcgan.judging.samples import Array


@dataclass(frozen=True, eq=False)
class Missing:
    """The part of the real data that samples lack; its length is the number of missing groups.

    rows      (k,) int64: which real samples it is, counted from 0 in their file, folder or array
    share     of the real data, 0..1
    interval  of the share, 95 %
    groups    one by one, the largest first, with the same numbers for each
    """

    rows: Array
    share: float
    interval: tuple[float, float]
    groups: tuple[MissingGroup, ...]

    def __len__(self) -> int:
        return len(self.groups)


@dataclass(frozen=True, eq=False)
class JudgedPair:
    """A judgement, and the samples and real data that it is about, with their names and rows."""

    judgement: Judgement
    pair: Pair
    seed: int

    @property
    def verdict(self) -> str:
        """The verdict in one sentence of numbers."""
        return self.judgement.verdict

    @property
    def kind(self) -> str:
        """healthy, missing, narrowed, poor, poor and missing, different or too few."""
        return self.judgement.kind

    @property
    def collapsed(self) -> bool:
        """Whether parts of the real data, or variety inside them, are lost."""
        return self.judgement.collapsed

    @property
    def measures(self) -> Mapping[str, Measured]:
        """By name: ``value``, two real samples' ``null_mean`` and ``null_sd``, ``p`` of a test."""
        return self.judgement.measures

    @property
    def name(self) -> str:
        """What was given for the fakes."""
        return self.pair.fake_samples.name

    @property
    def groups(self) -> tuple[GroupShares, ...]:
        """All groups of the real data, by the names of their classes where labels are given."""
        return tuple(
            replace(group, name=self._named(group.name)) for group in self.judgement.groups
        )

    @cached_property
    def missing(self) -> Missing:
        """The real data that the samples lack: rows, share and interval, group by group."""
        lost = tuple(
            replace(group, name=self._named(group.name), rows=self._placed(group.rows))
            for group in self.judgement.missing
        )
        rows = np.array([row for group in lost for row in group.rows], dtype=np.int64)
        share = sum((group.share for group in lost), 0.0)
        interval = wilson(len(rows), round(len(rows) / share)) if lost else (0.0, 0.0)
        return Missing(np.sort(rows), share, interval, lost)

    def _named(self, group: str) -> str:
        """The class behind a group's number."""
        return self.pair.classes[int(group)] if self.pair.classes else group

    def _placed(self, rows: tuple[int, ...]) -> tuple[int, ...]:
        """The places of rows in the source of the real data."""
        places = self.pair.real_samples.places
        return rows if places is None else tuple(places[[*rows]].tolist())

"""Your vectors: rows of a NumPy or .csv file; labels or found groups are the modes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
from torch import Generator, Tensor

from mcgan.config.settings import AtLeast, AtMost
from mcgan.dataset.array_files import number_labels, read_array, read_labels
from mcgan.dataset.base import ModalDataset, Recognition
from mcgan.dataset.csv_vectors import read_vectors
from mcgan.dataset.data_mark import digest
from mcgan.dataset.data_units import numbers
from mcgan.dataset.ellipsoids import Ellipsoids
from mcgan.dataset.grouping import find_groups, group_names
from mcgan.dataset.on_device import draw_rows
from mcgan.dataset.regions import SHARE
from mcgan.dataset.spread import least_axis, split_modes
from mcgan.dataset.vectors import MOST_CHANCE
from mcgan.dataset.width import pool_variance
from mcgan.errors import UserError

FEWEST = 20  # rows, and rows of a class
FAR = 10.0  # standard deviations between the mean and the origin, where networks start
EVEN = 10_000  # points of noise over the range
Labels = tuple[Tensor, list[str]]  # (n,) int64 from 0, and what they stand for


@dataclass(eq=False)
class Array(ModalDataset):
    """Rows (d,) of an array (n, d), drawn evenly; each mode is an ellipsoid about its own mean.

    A sample is of the mode at the least Mahalanobis distance, and of high quality within the
    distance that 98.89 % of the rows keep.
    """

    root: str
    key: str | None = None
    labels: str | None = None
    labels_key: str | None = None
    groups: Annotated[int, AtLeast(1), AtMost(1000)] = 10

    classified = False

    def prepare(self) -> None:
        """Read the rows, and find their groups where no labels are given.

        Raises UserError for a file that is no array of vectors, or labels that do not fit it.
        """
        given, labels = self._read()
        check_vectors(given, self.root)
        x = numbers(given).double()
        self.scale = check_spread(x, self.root)
        self.rows = (x / self.scale).float()
        self.shape = (x.shape[1],)
        self._find_modes(labels)
        self._measure_rows()

    def _read(self) -> tuple[np.ndarray, Labels | None]:
        """The rows, and their labels where some are given."""
        if Path(self.root).suffix.lower() == ".csv":
            if self.key is not None:
                raise UserError(f"dataset.key={self.key} is for .npz files: {self.root} is a table")
            given, words = read_vectors(self.root, self._label_column())
            if words is not None:
                return given, number_labels(words)
        else:
            given = read_array(self.root, self.key, "dataset.root")
        if self.labels is None:
            if self.labels_key is not None:
                raise UserError(
                    f"dataset.labels_key={self.labels_key} names the labels in a .csv file or in "
                    "dataset.labels: give that, too"
                )
            return given, None
        return given, read_labels(self.labels, self.labels_key, len(given))

    def _label_column(self) -> str | None:
        """The column of labels in a .csv file, unless they lie in another file."""
        return self.labels_key if self.labels in (None, self.root) else None

    def _find_modes(self, labels: Labels | None) -> None:
        """Labels, or groups in columns of unit spread, and the ellipsoids about them."""
        x = self.rows.double()
        if labels is None:
            self.classes = group_names(self.groups)
            mode = find_groups(x / x.std(0).clamp(min=1e-6), self.groups)
        else:
            mode, self.classes = labels
            check_counts(mode, self.classes, self.labels or self.root)
        self.num_modes = len(self.classes)
        self.law = Ellipsoids.fit(x, mode, self.num_modes)
        seen, distance = self.law.nearest(x)
        self.limit = float(np.quantile(distance.numpy(), SHARE))
        self.agreement = (seen == mode).double().mean().item()
        self.modes = seen if labels is None else mode
        self.weights = torch.bincount(self.modes, minlength=self.num_modes).double() / len(x)

    def _measure_rows(self) -> None:
        """What samples are held against: the ceiling, chance, and the spread inside modes."""
        seen = self.recognise(self.rows)
        self.ceiling = seen.good.double().mean().item()
        low, high = self.rows.amin(0), self.rows.amax(0)
        even = torch.rand(EVEN, *self.shape, generator=Generator().manual_seed(0))
        noise = self.recognise(low + even * (high - low)).good.double().mean().item()
        self.chance = min(noise, MOST_CHANCE)
        self.true_variance = self._inside(pool_variance, self.rows, seen)
        self.true_least = self._inside(least_axis, self.rows, seen)

    def draw(self, n: int, generator: Generator) -> Tensor:
        return draw_rows(self.rows, n, generator)

    drawn_from = ("rows",)

    def recognise(self, x: Tensor) -> Recognition:
        """The mode at the least Mahalanobis distance, and that distance."""
        mode, distance = self.law.nearest(x.to("cpu", torch.float64))
        return Recognition(mode, distance <= self.limit, distance)

    def width_ratio(self, x: Tensor, seen: Recognition) -> float | None:
        """Std of high-quality samples about their mode's own mean, over that of the rows."""
        return ratio(self._inside(pool_variance, x, seen), self.true_variance)

    def least_spread(self, x: Tensor, seen: Recognition) -> float | None:
        """Std of high-quality samples along the smallest axis of any mode, over that of the rows.

        Axes are those of a mode's ellipsoid, each in its own spread.
        """
        return ratio(self._inside(least_axis, x, seen), self.true_least)

    def _inside(self, measure: Any, x: Tensor, seen: Recognition) -> float | None:
        """A variance of the offsets of good samples from their modes, in these modes' spreads."""
        mode = seen.mode[seen.good]
        offset = self.law.offset(x.to("cpu", torch.float64)[seen.good], mode)
        found: float | None = measure(offset, mode, self.num_modes)
        return found

    def fingerprint(self) -> dict[str, list[Any]]:
        """The digest of each mode's rows, by which other data are noticed."""
        return {
            name: digest(part)
            for name, part in zip(
                self.classes, split_modes(self.rows, self.modes, self.num_modes), strict=True
            )
        }

    def facts(self) -> dict[str, Any]:
        """The modes' names, and the share of rows whose mode is recognised as their own."""
        return {"classes": self.classes, "rows": len(self.rows), "rows_recognised": self.agreement}


def ratio(variance: float | None, true: float | None) -> float | None:
    """The quotient of two standard deviations; None where one is unknown or the true one is 0."""
    return (variance / true) ** 0.5 if variance is not None and true else None


def check_vectors(given: np.ndarray, file: str) -> None:
    """Raises UserError for pictures, for too few rows, or for no table at all."""
    if given.ndim in (3, 4):
        raise UserError(f"dataset.root={file} holds pictures {given.shape}: choose dataset=images")
    if given.ndim != 2 or len(given) < FEWEST or not given.shape[1]:
        raise UserError(
            f"dataset.root={file} must hold at least {FEWEST} vectors, an array of "
            f"shape (n, d), not {given.shape}"
        )


def check_spread(x: Tensor, file: str) -> float:
    """The rms over columns of their std. Raises UserError: not finite, constant, off the origin."""
    broken = int((~x.isfinite()).any(1).sum())
    if broken:
        raise UserError(
            f"dataset.root={file}: {broken:,} of {len(x):,} rows hold a NaN or an "
            "infinity: leave them out"
        )
    scale = x.var(0, correction=0).mean().sqrt().item()
    if not scale:
        raise UserError(f"dataset.root={file}: all rows are the same; give data that vary")
    away = x.mean(0).abs().max().item() / scale
    if away > FAR:
        raise UserError(
            f"dataset.root={file}: the mean of a column is {away:,.0f} standard "
            "deviations from 0, out of reach for a network's start: give columns "
            "without their means"
        )
    return scale


def check_counts(mode: Tensor, names: list[str], file: str) -> None:
    """Raises UserError for a class with too few rows to tell its shape."""
    for name, count in zip(names, torch.bincount(mode).tolist(), strict=True):
        if count < FEWEST:
            raise UserError(
                f"class {name!r} in dataset.labels={file} has {count} rows; its shape "
                f"needs at least {FEWEST}: add rows or take the class away"
            )

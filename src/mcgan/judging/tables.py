"""Tables as vectors: categories one-hot, numbers standardised by the real side, missing counted."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mcgan.dataset.csv_rows import is_number
from mcgan.errors import UserError
from mcgan.judging.samples import Array, Samples, number_of

KEY_SHARE = 0.5  # of the real values: a column of texts that has more different ones is a key
SURE = 0.01  # chance that one of the categories of a column is called lost in error
TOLD = 5  # lost categories; the rest are counted
FEW = 20  # different texts that are categories in any case
Encoder = Callable[[Array], Array]  # a column (n,) of objects -> (n, numbers) float32


@dataclass
class TableEncoder:
    """Turns tables of the same columns into float32 (n, d): see `fit`."""

    encoders: list[tuple[int, Encoder]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def fit(self, fakes: Samples, real: Samples) -> "TableEncoder":
        """Learns each column, and says in `notes` what is missing or left out.

        A number is standardised by the real side's mean and standard deviation, a missing one takes
        the mean and sets a column of its own. A text is one-hot over the categories of both sides,
        missing being one of them. So a category that the fakes never produce keeps its column.
        Raises UserError where no column is left.
        """
        names = real.columns or [str(number) for number in range(real.rows.shape[1])]
        for number, name in enumerate(names):
            known = fit_column(fakes.rows[:, number], real.rows[:, number], name, self.notes)
            if known is not None:
                self.encoders.append((number, known))
        if not self.encoders:
            raise UserError(f"{real.name} has no column to compare: {'; '.join(self.notes)}")
        return self

    def apply(self, table: Samples) -> Array:
        """The rows as float32 (n, d)."""
        return np.hstack([encode(table.rows[:, number]) for number, encode in self.encoders])


def fit_column(fakes: Array, real: Array, name: str, notes: list[str]) -> Encoder | None:
    """How the column is encoded; None where it says nothing.

    Raises UserError where fakes have a text in a column of numbers.
    """
    lost = count_missing(fakes), count_missing(real)
    if any(lost):
        notes.append(
            f"column {name}: {number_of(lost[0], 'value')} of the fakes and {lost[1]:,} "
            "of the real samples are missing"
        )
    if all(is_numeric(side) for side in (fakes, real)):
        return number_encoder(real, name, any(lost))
    check_numeric(fakes, real, name)
    texts = as_texts(real)
    different = len({*texts})
    if different > max(FEW, KEY_SHARE * len(texts)):
        notes.append(
            f"column {name} is left out: it has {different:,} different texts in "
            f"{len(texts):,} real rows, as a key or a name has"
        )
        return None
    notes.extend(say_lost(as_texts(fakes), texts, name))
    return category_encoder({*texts, *as_texts(fakes)})


def check_numeric(fakes: Array, real: Array, name: str) -> None:
    """Raises UserError for a text among the fakes where the real side has numbers alone."""
    if not is_numeric(real) or count_missing(real) == len(real):
        return
    odd = next((value for value in fakes if value is not None and not is_number(str(value))), None)
    if odd is not None:
        raise UserError(
            f"column {name}: the fakes hold {odd!r:.60}, where the real samples have numbers "
            "alone: mend that cell, or leave the column out on both sides"
        )


def say_lost(fakes: list[str], real: list[str], name: str) -> list[str]:
    """A sentence that names the categories which surely would occur among so many honest fakes."""
    counts, there = Counter(real), {*fakes}
    sure = SURE / len(counts)
    lost = [
        f"{text} ({count / len(real):.1%} of the real rows)"
        for text, count in counts.most_common()
        if text not in there and (1 - count / len(real)) ** len(fakes) < sure
    ]
    more = f" and {len(lost) - TOLD:,} more" if len(lost) > TOLD else ""
    return [f"column {name}: the fakes have no {', '.join(lost[:TOLD])}{more}"] * bool(lost)


def count_missing(column: Array) -> int:
    """The number of missing values in a column."""
    return sum(value is None for value in column)


def is_numeric(column: Array) -> bool:
    """Whether a column has no value but numbers and missing ones."""
    return all(value is None or isinstance(value, float) for value in column)


def as_texts(column: Iterable[Any]) -> list[str]:
    """The categories of a column; missing values are a category of their own."""
    return ["(missing)" if value is None else plain_text(value) for value in column]


def plain_text(value: Any) -> str:
    """A whole number without its decimal point, so that both sides spell a category alike."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def as_numbers(column: Array) -> Array:
    """float64 (n,), NaN where a value is missing."""
    return np.array([np.nan if value is None else value for value in column], dtype=np.float64)


def number_encoder(real: Array, name: str, gaps: bool) -> Encoder:
    """Standardised numbers, and whether they are missing where any is."""
    numbers = as_numbers(real)
    numbers = numbers[~np.isnan(numbers)]
    if not np.isfinite(numbers).all():
        raise UserError(
            f"column {name} of the real samples holds infinite numbers: leave those rows out"
        )
    mean = float(numbers.mean()) if len(numbers) else 0.0
    std = float(numbers.std()) if len(numbers) else 0.0

    def encode(column: Array) -> Array:
        values = as_numbers(column)
        if np.isinf(values).any():
            raise UserError(
                f"column {name} of the fakes holds infinite numbers: leave those rows "
                "out, or take samples from before the training diverged"
            )
        gone = np.isnan(values)
        scaled = np.where(gone, 0, (values - mean) / (std or 1.0))
        return np.stack([scaled, gone] if gaps else [scaled], 1).astype(np.float32)

    return encode


def category_encoder(categories: set[str]) -> Encoder:
    """One column of 0 and 1 for each category: two categories are as far apart as two numbers of
    the real side are on average."""
    ordered = np.array(sorted(categories))

    def encode(column: Array) -> Array:
        hits: Array = np.array(as_texts(column))[:, None] == ordered
        return hits.astype(np.float32)

    return encode

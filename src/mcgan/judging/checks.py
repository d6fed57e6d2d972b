"""What is odd about two sides that can be compared: constant columns, one and the same content."""

import numpy as np

from mcgan.errors import UserError
from mcgan.judging.samples import Array, Samples

NAMED = 5  # columns; the rest are counted


def without_constants(sides: list[Array], real: Samples) -> tuple[list[Array], list[str]]:
    """The features (fakes, real, …) without columns of one value on all sides; what to say of it.

    Raises UserError where no column is left.
    """
    true = sides[1]
    still = (true == true[0]).all(0)
    same = still & np.all([(side == true[0]).all(0) for side in sides], axis=0)
    if same.all():
        raise UserError(
            f"all samples of {real.name} and all fakes are one and the same: there is "
            "nothing to compare"
        )
    notes = [
        say_columns(same, real, "constant on both sides, and left out"),
        say_columns(
            still & ~same, real, "constant among the real samples, but not among the fakes"
        ),
    ]
    return [side[:, ~same] for side in sides], [note for note in notes if note]


def say_columns(which: Array, real: Samples, what: str) -> str:
    """`columns a, b are …`; nothing where there are none, or where a column has no meaning."""
    numbers = which.nonzero()[0]
    if real.kind == "pictures" or not len(numbers):
        return ""
    if real.columns and len(real.columns) != len(which):  # columns of an encoded table
        return ""
    names = [real.columns[i] if real.columns else str(i) for i in numbers[:NAMED]]
    more = f" and {len(numbers) - NAMED:,} more" if len(numbers) > NAMED else ""
    word = "column" if len(numbers) == 1 else "columns"
    return f"{word} {', '.join(names)}{more} {'is' if len(numbers) == 1 else 'are'} {what}"


def say_same(fakes: Samples, real: Samples) -> list[str]:
    """A sentence where the fakes are the real samples themselves, whatever the files are called."""
    if fakes.digest != real.digest:
        return []
    return [
        f"{fakes.name} and {real.name} hold the same samples, to the byte: this compares data "
        "with themselves, so give the generator's own samples"
    ]

"""Two sides brought to one form, as far as that changes nothing that is judged; else refused."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from mcgan.errors import UserError
from mcgan.judging.picture_arrays import as_colour, resize
from mcgan.judging.recognising import RANGES, TOLERANCE, as_bytes
from mcgan.judging.samples import Array, Samples

INSIDE = 0.8  # of the values, for a range to be taken although some leave it
SAME_SHAPE = 0.01  # relative difference of two aspect ratios that nobody sees


class Matched(NamedTuple):
    """Both sides in one form, and notes of what was changed."""

    fakes: Samples
    real: Samples
    notes: list[str]


def match(fakes: Samples, real: Samples) -> Matched:
    """Both sides of one kind and shape, and what was changed.

    Raises UserError where they cannot be compared: the shapes, channels or columns of both.
    """
    notes: list[str] = []
    fakes, real = same_kind(fakes, real)
    fakes, real = MATCHERS[real.kind](fakes, real, notes)
    return Matched(fakes, real, notes)


def match_held_out(heldout: Samples, real: Samples, notes: list[str]) -> Samples:
    """Held-out real samples in the form of the real side. Raises UserError where that changes."""
    matched = match(heldout, real)
    if matched.real.rows.shape != real.rows.shape or matched.real.kind != real.kind:
        raise UserError(
            f"{heldout.name} holds {describe(heldout)}, {real.name} {describe(real)}: "
            "held-out samples must be like the real ones"
        )
    notes.extend(matched.notes)
    return matched.fakes


def same_kind(fakes: Samples, real: Samples) -> tuple[Samples, Samples]:
    """Numbers beside a table are a table; grey pictures beside series are what the real side is."""
    if {fakes.kind, real.kind} == {"vectors", "table"}:
        return as_table(fakes), as_table(real)
    if (fakes.kind, real.kind) == ("series", "pictures"):
        return replace(fakes, kind="pictures", rows=fakes.rows[:, None]), real
    if (fakes.kind, real.kind) == ("pictures", "series") and fakes.rows.shape[1] == 1:
        return replace(fakes, kind="series", rows=as_stored(fakes)[:, 0]), real
    if fakes.kind != real.kind:
        raise UserError(
            f"{fakes.name} holds {describe(fakes)} and {real.name} {describe(real)}: "
            "give both in one form"
        )
    return fakes, real


def as_table(samples: Samples) -> Samples:
    """A side as a table: an array of numbers becomes one of cells."""
    if samples.kind == "table":
        return samples
    return replace(samples, kind="table", rows=samples.rows.astype(np.float64).astype(object))


def as_stored(pictures: Samples) -> Array:
    """The values as they were stored, float32."""
    if pictures.value_range is None:
        return pictures.rows
    low, high = pictures.value_range
    return pictures.rows.astype(np.float32) * ((high - low) / 255) + low


def describe(samples: Samples) -> str:
    """`vectors of 2 numbers`, `pictures of 28×28 with 1 channel`."""
    shape = samples.rows.shape[1:]
    if samples.kind == "pictures":
        return f"pictures of {shape[1]}×{shape[2]} with {shape[0]} channel{'s' * (shape[0] > 1)}"
    if samples.kind == "table":
        return f"a table of {shape[0]} columns"
    return f"{samples.kind} of {'×'.join(map(str, shape))} number{'s' * (shape != (1,))}"


def match_columns(fakes: Samples, real: Samples, notes: list[str]) -> tuple[Samples, Samples]:
    """Columns of one name beside each other; by position where a side has no names."""
    if fakes.columns is not None and real.columns is not None:
        if {*fakes.columns} != {*real.columns}:
            only = sorted({*fakes.columns} ^ {*real.columns})
            raise UserError(
                f"the columns of {fakes.name} and {real.name} differ: "
                f"{', '.join(only[:5])} {'is' if len(only) == 1 else 'are'} on one "
                "side alone; leave out what the other has not"
            )
        order = [fakes.columns.index(name) for name in real.columns]
        fakes = replace(fakes, rows=fakes.rows[:, order], columns=real.columns)
    return match_shapes(fakes, real, notes)


def match_shapes(fakes: Samples, real: Samples, notes: list[str]) -> tuple[Samples, Samples]:
    """Both as they are. Raises UserError where their shapes differ."""
    if fakes.rows.shape[1:] != real.rows.shape[1:]:
        raise UserError(
            f"{fakes.name} holds {describe(fakes)}, {real.name} {describe(real)}: "
            "compare samples of one shape"
        )
    return fakes, real


def match_pictures(fakes: Samples, real: Samples, notes: list[str]) -> tuple[Samples, Samples]:
    """Pictures of one range, as many channels and one size, the smaller of the two."""
    fakes = with_range(fakes, real, notes)
    real = with_range(real, fakes, notes)
    channels = {fakes.rows.shape[1], real.rows.shape[1]}
    if channels == {1, 3}:
        fakes, real = (in_colour(side, notes) for side in (fakes, real))
    elif len(channels) > 1:
        raise UserError(
            f"{fakes.name} holds {describe(fakes)}, {real.name} {describe(real)}: "
            "give pictures with the same channels"
        )
    height, width = min(fakes.rows.shape[2:], real.rows.shape[2:], key=np.prod)
    return scaled(fakes, height, width, notes), scaled(real, height, width, notes)


def with_range(side: Samples, other: Samples, notes: list[str]) -> Samples:
    """A side of unknown range as bytes, where the other side's range is known and fits it."""
    if side.value_range is not None or other.value_range is None:
        return side
    low, high = min(other.value_range, (-1.0, 1.0), key=lambda each: each[1] - each[0])
    room = TOLERANCE * (high - low)
    outside = float(((side.rows < low - room) | (side.rows > high + room)).mean())
    if 1 - outside < INSIDE:
        raise UserError(
            f"{side.name}: {side.notes[-1]}, but {other.name} holds "
            f"{RANGES[other.value_range]}: bring both to the same range"
        )
    notes.append(
        f"{side.name} is read as {RANGES[low, high]}: {outside:.1%} of its values lie "
        "outside and are cut off there"
    )
    return replace(side, rows=as_bytes(side.rows, (low, high)), value_range=(low, high))


def in_colour(side: Samples, notes: list[str]) -> Samples:
    """A side's pictures with three channels; a note says if they were grey."""
    if side.rows.shape[1] == 3:
        return side
    notes.append(f"the pictures of {side.name} are grey, and compared in colour")
    return replace(side, rows=as_colour(side.rows))


def scaled(side: Samples, height: int, width: int, notes: list[str]) -> Samples:
    """The side's pictures at this size. Raises UserError where they would be distorted."""
    old_height, old_width = side.rows.shape[2:]
    if (old_height, old_width) == (height, width):
        return side
    if abs(old_height * width / (old_width * height) - 1) > SAME_SHAPE:
        raise UserError(
            f"{side.name} holds pictures of {old_height}×{old_width}, the other side "
            f"of {height}×{width}: cut them to one shape"
        )
    notes.append(
        f"the pictures of {side.name} are scaled from {old_height}×{old_width} to "
        f"{height}×{width}, as the other side's"
    )
    return replace(side, rows=resize(side.rows, height, width))


Matcher = Callable[[Samples, Samples, list[str]], tuple[Samples, Samples]]
MATCHERS: dict[str, Matcher] = {
    "vectors": match_columns,
    "table": match_columns,
    "series": match_shapes,
    "pictures": match_pictures,
}

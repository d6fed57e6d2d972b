"""What an array is: vectors, pictures, series or a table, and in which range its pictures are."""

from typing import NamedTuple

import numpy as np

from mcgan.errors import UserError
from mcgan.judging.cells import of_objects, of_texts
from mcgan.judging.samples import Array, Kind, number_of

LEAST_SIDE = 8  # of a picture; a shorter axis is one of steps or of numbers
TOLERANCE = 0.05  # by which a network's values may leave their range
CHUNK = 256  # pictures converted at a time
RANGES = {
    (0.0, 1.0): "numbers from 0 to 1",
    (-1.0, 1.0): "numbers from -1 to 1",
    (0.0, 255.0): "bytes",
    (0.0, 65535.0): "numbers of 16 bits",
}


class Recognised(NamedTuple):
    """An array's samples, their kind, the range of pictures, and notes for the reader."""

    rows: Array
    kind: Kind
    value_range: tuple[float, float] | None
    notes: list[str]


def recognise(rows: Array, name: str) -> Recognised:
    """The rows in their kind's form. Raises UserError for numbers that nothing can be made of."""
    if rows.dtype.kind in "OUST":
        table = table_rows(rows)
        return Recognised(table, "table" if table.dtype == object else "vectors", None, [])
    if rows.dtype.kind not in "biuf":
        raise UserError(f"{name} holds {rows.dtype} numbers: give real numbers or bytes")
    check_finite_rows(rows, name)
    if rows.ndim == 4 or (rows.ndim == 3 and looks_like_pictures(rows)):
        return recognise_pictures(rows)
    if rows.ndim == 3:
        return Recognised(as_float(rows), "series", None, [])
    notes = [f"each sample of {'×'.join(map(str, rows.shape[1:]))} numbers is taken as one vector"]
    flat = as_float(rows.reshape(len(rows), -1))
    return Recognised(flat, "vectors", None, notes if rows.ndim > 4 else [])


def table_rows(rows: Array) -> Array:
    """Texts and objects as cells of a table (n, columns); one column for one axis."""
    flat = rows.reshape(len(rows), -1)
    if rows.dtype.kind != "O":
        return of_texts(flat.astype(str).tolist(), flat.shape[1])
    return of_objects(flat.ravel()).reshape(flat.shape)


def as_float(rows: Array) -> Array:
    """The rows as they are if they are float32 or float64, else as float32."""
    return rows if rows.dtype in (np.float32, np.float64) else rows.astype(np.float32)


def check_finite_rows(rows: Array, name: str) -> None:
    """Raises UserError where a number is NaN or infinite."""
    if rows.dtype.kind != "f":
        return
    fine = np.isfinite(rows).reshape(len(rows), -1).all(1)
    if not fine.all():
        bad = len(rows) - int(fine.sum())
        raise UserError(
            f"{name}: {bad:,} of {number_of(len(rows), 'row')} hold NaN or infinite "
            f"numbers, the first is row {int(fine.argmin()):,}: leave them out, or "
            "take samples from before the training diverged"
        )


def looks_like_pictures(rows: Array) -> bool:
    """Whether (n, h, w) is grey pictures: both sides long and alike, values in a known range."""
    short, long = sorted(rows.shape[1:])
    return short >= LEAST_SIDE and long <= 2 * short and find_range(rows) is not None


def find_range(rows: Array) -> tuple[float, float] | None:
    """The range that pictures' values are stored in, known by the least and the largest of them."""
    low, high = float(rows.min()), float(rows.max())
    if -1 - TOLERANCE <= low and high <= 1 + TOLERANCE:
        return (0.0, 1.0) if low >= -TOLERANCE else (-1.0, 1.0)
    if low >= 0 and high <= 255:
        return (0.0, 255.0)
    return (0.0, 65535.0) if rows.dtype.kind in "iu" and low >= 0 and high <= 65535 else None


def recognise_pictures(rows: Array) -> Recognised:
    """(n, h, w), (n, c, h, w) or (n, h, w, c) as (n, c, h, w), bytes where the range is known."""
    rows = channels_first(rows)
    found = find_range(rows)
    if found is None:
        text = f"from {rows.min():.4g} to {rows.max():.4g}, which no range of pictures is"
        return Recognised(rows.astype(np.float32), "pictures", None, [f"values are {text}"])
    notes = [] if rows.dtype == np.uint8 else [f"values are read as {RANGES[found]}"]
    return Recognised(without_alpha(as_bytes(rows, found)), "pictures", found, notes)


def channels_first(rows: Array) -> Array:
    """(n, c, h, w), where the channels are the shortest axis of a picture, the first of equals."""
    if rows.ndim == 3:
        return rows[:, None]
    sides = rows.shape[1:]
    return np.moveaxis(rows, -1, 1) if sides[2] < min(sides[:2]) else rows


def as_bytes(rows: Array, value_range: tuple[float, float]) -> Array:
    """uint8 pictures; what leaves the range is clipped."""
    if rows.dtype == np.uint8 and value_range == (0.0, 255.0):
        return rows
    low, high = value_range
    done = np.empty(rows.shape, np.uint8)
    for start in range(0, len(rows), CHUNK):
        part = (rows[start : start + CHUNK].astype(np.float32) - low) * (255 / (high - low))
        done[start : start + CHUNK] = np.minimum(np.maximum(np.rint(part), 0), 255)
    return done


def without_alpha(rows: Array) -> Array:
    """Pictures of bytes whose fourth channel is alpha, laid on white; others as they are."""
    if rows.shape[1] != 4:
        return rows
    alpha = rows[:, 3:].astype(np.float32) / 255
    return np.rint(rows[:, :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)

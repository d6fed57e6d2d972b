"""Samples that are no file: arrays, tensors, frames, data sets, batches, and what makes them."""

import itertools
import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import torch
from torch.utils.data import Dataset

from mcgan.errors import UserError, near_or_all, one_line
from mcgan.judging.pillow_pictures import alike, are_pictures, as_rows, is_picture
from mcgan.judging.raw import Raw, Taken, as_array, of_array, of_frame, text_labels
from mcgan.judging.samples import MOST_ROWS, Array

PARTS = ("image", "images", "img", "pixel_values", "x", "data", "samples")
LABELS = ("label", "labels", "y", "target")
CALLED = 2000  # samples that a function is asked for, where nobody says how many


class Item(NamedTuple):
    """Samples with their labels: a batch, or a single one."""

    rows: Array
    labels: Any = None
    single: bool = False


def open_object(source: Any, key: str | None, n: int | None, seed: int) -> Raw:
    """The rows of a Python object. Raises UserError for one that is no source of samples."""
    if isinstance(source, (np.ndarray, torch.Tensor)):
        return of_array(as_array(source))
    if hasattr(source, "iloc"):
        return of_frame(source if hasattr(source, "columns") else source.to_frame())
    if is_data(source):
        return of_dataset(source, key, n or MOST_ROWS)
    if callable(source):
        return of_call(source, key, n or CALLED, seed)
    if isinstance(source, Iterable):
        return of_batches(source, key, n or MOST_ROWS)
    raise UserError(
        f"samples cannot be read from a {type(source).__name__}: give a path, an "
        "array, a tensor, a DataFrame, batches, or a function n -> samples"
    )


def is_data(source: Any) -> bool:
    """Whether it is a data set of torch's or of Hugging Face's, which may be callable too."""
    return isinstance(source, Dataset) or hasattr(source, "column_names")


def of_call(make: Callable[[int], Any], key: str | None, n: int, seed: int) -> Raw:
    """What a function gives for n, with random numbers by the seed meanwhile.

    Raises UserError for a function that fails.
    """
    with torch.no_grad(), own_randomness(seed):
        try:
            made = make(n)
        except Exception as error:
            raise UserError(
                f"the function {getattr(make, '__name__', 'of samples')} failed when it was asked "
                f"for {n:,} samples: {type(error).__name__}: {one_line(error)}"
            ) from error
    if isinstance(made, (list, tuple, dict)):
        raw = of_batches([made] if is_item(made) else made, key, n)
    else:
        raw = open_object(made, key, n, seed)
    raw.first = False
    return raw


@contextmanager
def own_randomness(seed: int) -> Iterator[None]:
    """Random numbers of torch, NumPy and Python by the seed; those of before go on afterwards."""
    devices = [*range(torch.cuda.device_count())]  # said, or several of them bring a warning
    of_numpy, of_python = np.random.get_state(), random.getstate()
    try:
        with torch.random.fork_rng(devices):
            torch.manual_seed(seed)
            np.random.seed(seed % 2**32)
            random.seed(seed)
            yield
    finally:
        np.random.set_state(of_numpy)
        random.setstate(of_python)


def is_item(made: Any) -> bool:
    """Whether it is one batch with its labels, and not a list of batches."""
    return isinstance(made, (tuple, dict))


def of_dataset(data: Any, key: str | None, n: int) -> Raw:
    """A data set that is asked for its samples by number; of a stream the first n are read."""
    if not hasattr(data, "__len__"):
        return of_batches(data, key, n, single=True)

    def take(chosen: Array) -> Taken:
        return join([item_of(data[int(number)], key, single=True) for number in chosen])

    first = item_of(data[0], key, single=True) if len(data) else Item(np.empty(0))
    return Raw(len(data), take, row_bytes=first.rows.nbytes)


def of_batches(batches: Iterable[Any], key: str | None, n: int, single: bool = False) -> Raw:
    """The first n rows of batches, which may have no end."""
    if isinstance(batches, list) and batches and isinstance(batches[0], (int, float, list)):
        return of_array(np.asarray(batches))
    taken = join([*first_rows((item_of(each, key, single) for each in batches), n)])
    raw = of_array(taken.rows[:n], None if taken.labels is None else taken.labels[:n])
    raw.notes = taken.notes
    raw.first = len(taken.rows) >= n
    return raw


def first_rows(items: Iterable[Item], n: int) -> Iterator[Item]:
    """Items until they have n rows together."""
    count = 0
    for item in items:
        yield item
        count += 1 if item.single else len(item.rows)
        if count >= n:
            return


def item_of(item: Any, key: str | None, single: bool = False) -> Item:
    """Samples and labels of a pair, a mapping, a picture of Pillow's, an array or a tensor."""
    if isinstance(item, dict):
        return item_of((named(item, key), label_in(item)), None, single)
    if isinstance(item, (tuple, list)) and len(item) and not isinstance(item[0], (int, float)):
        rows = item_of(item[0], None, single)
        return rows._replace(labels=item[1] if len(item) > 1 else None)
    if is_picture(item):
        return Item(as_rows(item), single=True)
    array = as_array(item)
    return Item(array, single=single or array.ndim < 2)


def named(item: dict[str, Any], key: str | None) -> Any:
    """The part of a mapping that holds the samples. Raises UserError where it is unknown."""
    if key is not None and key not in item:
        raise UserError(f"a batch has no part {key!r}{near_or_all(key, item, 'it has')}")
    known = [name for name in PARTS if name in item]
    if key is None and not known:
        raise UserError(f"a batch holds {', '.join(item)}: say which part by key=NAME")
    return item[key or known[0]]


def label_in(item: dict[str, Any]) -> Any:
    """The label of a data set's item, under whichever name it has one; None without."""
    return next((item[name] for name in LABELS if name in item), None)


def join(items: list[Item]) -> Taken:
    """All rows in one array; pictures of several shapes are cut to one.

    Raises UserError where other samples differ in shape.
    """
    if not items:
        raise UserError("there are no samples: the batches are empty")
    rows, notes = join_rows(items)
    labels = [np.atleast_1d(as_array(item.labels)) for item in items if item.labels is not None]
    known = labels and sum(map(len, labels)) == len(rows)
    return Taken(rows, text_labels(list(itertools.chain(*labels))) if known else None, notes=notes)


def join_rows(items: list[Item]) -> tuple[Array, list[str]]:
    """The items' samples as one array, and notes of what was changed to join them.

    Pictures of several sizes are brought to one. Raises UserError for other arrays of several
    shapes.
    """
    parts = [item.rows for item in items]
    notes = []
    single = all(item.single for item in items)
    if single and len({part.shape for part in parts}) > 1 and are_pictures(parts):
        parts, note = alike(parts)
        notes = [note]
    whole = [part[None] if item.single else part for part, item in zip(parts, items, strict=True)]
    if len(shapes := {part.shape[1:] for part in whole}) > 1:
        told = " and ".join(sorted("×".join(map(str, shape)) or "one" for shape in shapes)[:2])
        raise UserError(f"samples differ in shape, such as {told} numbers: bring them to one shape")
    return np.concatenate(whole), notes

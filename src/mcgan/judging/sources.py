"""Reads samples of anybody's generator: from files, folders, arrays, batches and functions."""

import importlib
import re
from pathlib import Path
from typing import Any

from mcgan.config.paths import import_from_here
from mcgan.errors import UserError, check_count, near_or_all, one_line
from mcgan.judging.files import open_file
from mcgan.judging.live import is_data, open_object
from mcgan.judging.picture_folder import open_folder
from mcgan.judging.raw import Raw, Taken, text_labels
from mcgan.judging.recognising import recognise
from mcgan.judging.samples import (
    FEWEST,
    Array,
    Progress,
    Samples,
    choose_rows,
    default_rows,
    number_of,
)

CALL = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")  # module:function


def read_samples(
    source: Any,
    *,
    key: str | None = None,
    n: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    labels: Any = None,
) -> Samples:
    """Samples of a source, as `Samples` holds them: vectors, pictures, series or a table.

    ``source``: the path of a .npy, .npz, .csv, .parquet or .pt file or of a folder of pictures. It
    may also be an array, a tensor, a DataFrame, a data set, batches, a function n -> samples, or
    ``module:function``. This module may lie in the working directory. ``key`` names an array in a
    file, or a part of a batch. At most ``n`` rows are kept, by default 10,000 and 2 GiB, drawn
    without replacement by ``seed``; a file's other rows are not read. ``labels`` are one for each
    row of the source. What was read before is given back as it is. Raises UserError for what cannot
    be read or judged.
    """
    if isinstance(source, Samples):
        return source
    if n is not None:
        check_count(n, "samples to take")
    name = name_of(source)
    raw = open_source(source, key, n, seed, progress)
    if raw.count < FEWEST:
        raise UserError(
            f"{name} has {number_of(raw.count, 'sample')}: at least {FEWEST} are "
            "needed, and a verdict needs 100"
        )
    chosen = choose_rows(raw.count, n or default_rows(raw.row_bytes), seed)
    taken = raw.take(chosen)
    places = chosen if taken.kept is None else chosen[taken.kept]
    if labels is not None:
        taken.labels = chosen_labels(labels, raw.count, places, name)
    return as_samples(name, raw, taken, places, [*raw.notes, *subsample_notes(raw, chosen, seed)])


def as_samples(name: str, raw: Raw, taken: Taken, places: Array, notes: list[str]) -> Samples:
    """Samples in their kind's form, with all that has to be said of them."""
    if len(taken.rows) < FEWEST:
        raise UserError(
            f"{name}: {number_of(len(taken.rows), 'sample')} of {raw.count:,} can be "
            f"read, and at least {FEWEST} are needed{told(taken.notes)}"
        )
    seen = recognise(taken.rows, name)
    return Samples(
        seen.rows,
        seen.kind,
        name,
        taken.labels,
        raw.columns,
        tuple([*notes, *taken.notes, *seen.notes]),
        seen.value_range,
        places,
    )


def told(notes: list[str]) -> str:
    """Notes in brackets; nothing without notes."""
    return f" ({'; '.join(notes)})" if notes else ""


def subsample_notes(raw: Raw, chosen: Array, seed: int) -> list[str]:
    """A note if not all samples are taken: how many, and how they were chosen."""
    if len(chosen) < raw.count:
        return [f"{len(chosen):,} of {raw.count:,} samples are taken, drawn by seed {seed}"]
    return [f"the first {raw.count:,} samples are taken"] * raw.first


def chosen_labels(labels: Any, count: int, chosen: Array, name: str) -> Array:
    """The labels of the rows that were taken. Raises UserError for another number of labels."""
    names = text_labels(labels)
    if len(names) != count:
        raise UserError(
            f"there are {len(names):,} labels for the {count:,} samples of {name}: "
            "give one for each"
        )
    return names[chosen]


def name_of(source: Any) -> str:
    """What the user typed, or what a Python object is called."""
    if isinstance(source, (str, Path)):
        return str(source)
    called = getattr(source, "__name__", None) or type(source).__name__
    shape = getattr(source, "shape", None)
    return f"{called} of {'×'.join(map(str, shape))}" if shape is not None else str(called)


def open_source(
    source: Any, key: str | None, n: int | None, seed: int, progress: Progress | None
) -> Raw:
    """The source, opened. Raises UserError for a path that is not there."""
    if not isinstance(source, (str, Path)):
        return open_object(source, key, n, seed)
    path = Path(source).expanduser()
    if path.is_dir():
        return open_folder(path, progress)
    if path.exists():
        return open_file(path, key)
    if CALL.fullmatch(str(source)):
        return open_object(find_object(str(source)), key, n, seed)
    raise UserError(
        f"there is no file or folder {source}: give the path of samples, or a "
        "function as module:function"
    )


def is_call(source: Any) -> bool:
    """Whether the source is a function, which gives as many samples as it is asked for."""
    if isinstance(source, (str, Path)):
        named = CALL.fullmatch(str(source)) and not Path(source).expanduser().exists()
        return bool(named) and callable(find_object(str(source)))
    return callable(source) and not is_data(source)


def find_object(word: str) -> Any:
    """What ``module:name`` names; the module may lie in the working directory.

    Raises UserError for one that cannot be imported, with the error of the module's own code.
    """
    module, _, name = word.partition(":")
    import_from_here()
    try:
        found: Any = importlib.import_module(module)
    except Exception as error:
        raise UserError(
            f"cannot import {module!r} of {word!r}: {type(error).__name__}: {one_line(error)}"
        ) from error
    for part in name.split("."):
        if not hasattr(found, part):
            public = [each for each in dir(found) if not each.startswith("_")]
            raise UserError(f"{module!r} has no {name!r}{near_or_all(part, public, 'it has')}")
        found = getattr(found, part)
    return found

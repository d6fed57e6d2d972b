"""Files of samples: .npy, .npz, .pt, .csv and .parquet."""

import pickle
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mcgan.dataset import array_files, trained_classifier
from mcgan.errors import UserError, near_or_all, one_line
from mcgan.judging.comma_separated import open_csv
from mcgan.judging.raw import Raw, as_array, of_array, of_frame
from mcgan.judging.samples import Array

UNREADABLE = (*trained_classifier.DAMAGED, *array_files.DAMAGED)


def open_file(path: Path, key: str | None) -> Raw:
    """The rows of a file. Raises UserError for an unknown suffix and for what cannot be read."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise UserError(
            f"{path}: samples are read from {', '.join(READERS)} or a folder of "
            f"pictures, not from {path.suffix or 'a file without a suffix'}"
        )
    try:
        return reader(path, key)
    except UNREADABLE as error:
        raise UserError(
            f"cannot read {path}: {one_line(error)}; is it whole, and does its suffix fit?"
        ) from error


def open_npy(path: Path, key: str | None) -> Raw:
    """One array, mapped: a file larger than memory is never read whole."""
    refuse_key(path, key)
    found = np.load(path, mmap_mode="r", allow_pickle=False)
    if not isinstance(found, np.ndarray):
        found.close()
        raise UserError(f"{path} is an archive of arrays: call it .npz")
    return of_array(check_plain(found, str(path)))


def open_npz(path: Path, key: str | None) -> Raw:
    """The array of that key, or the only one with rows; what is no array is passed over."""
    with np.load(path, allow_pickle=False) as archive:
        arrays = {name: each for name, each in archive.items() if isinstance(each, np.ndarray)}
        return of_named(arrays, key, str(path))


def open_torch(path: Path, key: str | None) -> Raw:
    """A tensor, or one of a mapping or pair of tensors; code in the file is never run."""
    try:
        content = load_tensors(path)
    except pickle.UnpicklingError as error:  # torch's own words advise to let the code run
        raise UserError(
            f"{path} is damaged, or holds more than tensors, which could run code; is it whole? "
            "Else save the samples alone, such as by torch.save(samples, 'samples.pt')"
        ) from error
    if isinstance(content, (tuple, list)) and all(isinstance(x, torch.Tensor) for x in content):
        content = {str(number): each for number, each in enumerate(content)}
    if isinstance(content, dict):
        arrays = {
            str(name): as_array(each)
            for name, each in content.items()
            if isinstance(each, torch.Tensor)
        }
        return of_named(arrays, key, str(path))
    refuse_key(path, key)
    if not isinstance(content, torch.Tensor):
        raise UserError(f"{path} holds a {type(content).__name__}, not a tensor")
    return of_array(as_array(content))


def load_tensors(path: Path) -> Any:
    """What torch saved there, on the CPU. Nothing but tensors, plain values and their containers.

    Raises pickle.UnpicklingError for anything else. Torch also warns of what it then refuses.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.load(path, map_location="cpu", weights_only=True)


def open_parquet(path: Path, key: str | None) -> Raw:
    """A table that pandas reads."""
    refuse_key(path, key)
    try:
        import pandas

        return of_frame(pandas.read_parquet(path))
    except ImportError as error:
        raise UserError(
            f"{path}: pandas and pyarrow read .parquet files: pip install pandas "
            "pyarrow, or save the table as .csv"
        ) from error


def open_table(path: Path, key: str | None) -> Raw:
    """The table of a .csv file, of which rows are read when they are asked for."""
    refuse_key(path, key)
    return open_csv(path)


READERS: dict[str, Callable[[Path, str | None], Raw]] = {
    ".npy": open_npy, ".npz": open_npz, ".pt": open_torch, ".pth": open_torch,
    ".csv": open_table, ".parquet": open_parquet,
}  # fmt: skip


def refuse_key(path: Path, key: str | None) -> None:
    """Raises UserError if a key was given for a file that holds one array without a name."""
    if key is not None:
        raise UserError(f"{path} holds one array without a name: leave out key={key}")


def of_named(arrays: dict[str, Array], key: str | None, where: str) -> Raw:
    """One of several arrays by its key, or the only one with rows; labels lie beside it.

    Raises UserError where the key is missing, or several arrays could be meant.
    """
    rows = {name: each for name, each in arrays.items() if each.ndim > 1}
    if key is None and len(rows or arrays) != 1:
        raise UserError(
            f"{where} holds {', '.join(arrays) or 'no array'}: say which are the "
            "samples by key=NAME"
        )
    name = next(iter(rows or arrays)) if key is None else key
    if name not in arrays:
        raise UserError(f"{where} has no array {name!r}{near_or_all(name, arrays, 'it has')}")
    return of_array(check_plain(arrays[name], where), find_labels(arrays, name))


def find_labels(arrays: dict[str, Array], name: str) -> Array | None:
    """The only array of one value per row beside the samples, if there is such a one."""
    count = len(arrays[name])
    found = [each for other, each in arrays.items() if other != name and each.shape == (count,)]
    return found[0] if len(found) == 1 else None


def check_plain(array: Any, where: str) -> Array:
    """Raises UserError for an array of records."""
    if array.dtype.names:
        raise UserError(
            f"{where} holds records ({', '.join(array.dtype.names)}): save the columns "
            "as one array, or the table as .csv"
        )
    return np.asanyarray(array)

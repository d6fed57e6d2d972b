"""Arrays of examples and of labels in NumPy's files; no code in them is run."""

import tokenize
import zipfile
import zlib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from mcgan.errors import UserError

ARCHIVE = b"PK"  # how a .npz file begins
ARRAYS = "a .npy or .npz file"
READABLE = {"dataset.root": f"{ARRAYS}; or a .csv file of vectors, a folder of pictures"}
"""What can be read where a setting names a file, if that is more than arrays."""
DAMAGED = (
    OSError, ValueError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error,
    tokenize.TokenError,
)  # fmt: skip
"""What NumPy raises for a file that is damaged: of its archive, and of the words in its header."""


def find_file(file: str, setting: str) -> Path:
    """The path of a file that a setting names. Raises UserError if there is none."""
    path = Path(file).expanduser()
    if not path.is_file():
        raise UserError(f"{setting}={file} is no file: give {READABLE.get(setting, ARRAYS)}")
    return path


def read_array(file: str, key: str | None, setting: str) -> np.ndarray:
    """The array in a .npy file, mapped rather than read, or that of a name in a .npz file.

    Raises UserError: no such file, another format, damaged, no such name, or none where several are
    there. `setting` is what named the file, such as dataset.root.
    """
    path = find_file(file, setting)
    try:
        with path.open("rb") as opened:  # NumPy leaves a damaged archive open
            if opened.read(len(ARCHIVE)) == ARCHIVE:
                opened.seek(0)
                return pick(np.load(opened, allow_pickle=False), key, f"{setting}={file}")
        return np.lib.format.open_memmap(path, mode="c")
    except DAMAGED as error:
        raise UserError(
            f"{setting}={file} is no array in NumPy's format: {error}; write it by numpy.save"
        ) from error


def pick(archive: np.lib.npyio.NpzFile, key: str | None, where: str) -> np.ndarray:
    """The array of a .npz file with that name, or its only one."""
    with archive:
        names = archive.files
        name = names[0] if key is None and len(names) == 1 else key
        if name in names:
            found = archive[name]
            if not isinstance(found, np.ndarray):
                raise ValueError(f"{name} in it is no array")
            return found
    raise UserError(
        f"{where} holds the arrays {', '.join(names) or '(none)'}: name one of them "
        "with dataset.key, that of labels with dataset.labels_key"
    )


def read_labels(file: str, key: str | None, examples: int) -> tuple[Tensor, list[str]]:
    """Labels (n,) int64 from 0, and the names they stand for, in the order of NumPy's sorting.

    Raises UserError where they are not one whole number or word for each example.
    """
    given = read_array(file, key, "dataset.labels")
    if given.shape != (examples,) or given.dtype.kind not in "iuUSb":
        raise UserError(
            f"dataset.labels={file} must hold one whole number or word for each of "
            f"{examples:,} examples, not {given.dtype} of shape {given.shape}"
        )
    return number_labels(given)


def number_labels(given: np.ndarray) -> tuple[Tensor, list[str]]:
    """Labels (n,) int64 from 0, and the names they stand for, in the order of NumPy's sorting."""
    names, labels = np.unique(given, return_inverse=True)
    words = names.astype(str) if names.dtype.kind != "S" else np.char.decode(names, "utf-8")
    return torch.from_numpy(labels.astype(np.int64)), words.tolist()

"""CIFAR-10 and CIFAR-100: small colour pictures in Python's pickles (Krizhevsky 2009).

A pickle may run code, so these are read by an unpickler that makes arrays, lists and texts alone.
"""

import io
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import numpy as np
import torch
import torchvision
from torch import Tensor
from torchvision.datasets.utils import download_and_extract_archive

from mcgan.config.settings import Above, AtLeast, Below
from mcgan.dataset.stored_pictures import StoredPictures
from mcgan.errors import UserError
from mcgan.system.places import data_folder

ARRAYS = {"_reconstruct", "ndarray", "dtype", "_frombuffer"}  # what NumPy's pickles of arrays name
MODULES = {
    "numpy",
    *(
        f"{core}.{part}"
        for core in ("numpy.core", "numpy._core")
        for part in ("multiarray", "numeric")
    ),
}
DAMAGED = (
    OSError,
    EOFError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    ImportError,
    pickle.UnpicklingError,
)


class CifarSource(NamedTuple):
    """One of the two, as its archive unpacks."""

    name: str  # of torchvision's class
    folder: str
    train: tuple[str, ...]  # files
    test: tuple[str, ...]
    meta: str
    label: str  # keys in those files
    names: str


TEN = CifarSource(
    "CIFAR10",
    "cifar-10-batches-py",
    tuple(f"data_batch_{i}" for i in range(1, 6)),
    ("test_batch",),
    "batches.meta",
    "labels",
    "label_names",
)
HUNDRED = CifarSource(
    "CIFAR100", "cifar-100-python", ("train",), ("test",), "meta", "fine_labels", "fine_label_names"
)


@dataclass(eq=False)
class Cifar(StoredPictures):
    """Pictures (3, 32, 32) in [-1, 1]; a subclass names the `source`, whose classes are the modes.

    A classifier of them is trained on first use, on four fifths of the split's pictures.
    """

    source: ClassVar[CifarSource]

    root: str | None = None
    download: bool = False
    split: Literal["train", "test"] = "train"
    confidence: Annotated[float, Above(0), Below(1)] = 0.9
    steps: Annotated[int, AtLeast(10)] = 6000

    def prepare(self) -> None:
        """Read the pictures. Raises UserError where files are missing, damaged or out of reach."""
        folder = data_folder(self.root)
        images, labels, names = read(self.source, folder, self.split == "train", self.download)
        self.settle_trained(images, labels, names, self.steps, self.confidence)


def read(
    source: CifarSource, folder: Path, train: bool, download: bool
) -> tuple[Tensor, Tensor, list[str]]:
    """Pictures (n, 3, 32, 32) uint8, labels (n,) int64, and the classes' names."""
    place = folder / source.folder
    files = [place / name for name in (source.meta, *(source.train if train else source.test))]
    if download and not all(file.is_file() for file in files):
        fetch(source, folder)
    if absent := [file.name for file in files if not file.is_file()]:
        raise UserError(
            f"no {source.name} files in {place} ({', '.join(absent)} missing); add "
            "dataset.download=true to fetch them, or name the folder that has "
            f"{source.folder} with dataset.root=... or MCGAN_DATA"
        )
    try:
        meta, *batches = map(unpickle, files)
        images = torch.from_numpy(np.concatenate([batch["data"] for batch in batches]))
        labels = torch.tensor([label for batch in batches for label in batch[source.label]])
        return check(images, labels, [str(name) for name in meta[source.names]])
    except DAMAGED as error:
        raise UserError(
            f"cannot read {source.name} in {place}: {error}; delete the damaged files "
            "and fetch them anew with dataset.download=true"
        ) from error


def check(images: Tensor, labels: Tensor, names: list[str]) -> tuple[Tensor, Tensor, list[str]]:
    """The pictures in their shape. Raises ValueError where numbers or kinds do not fit."""
    if images.dtype != torch.uint8 or images.shape != (len(labels), 3072):
        raise ValueError(f"its pictures are {images.dtype} {tuple(images.shape)}")
    if labels.dtype != torch.int64 or not 0 <= int(labels.min()) <= int(labels.max()) < len(names):
        raise ValueError(f"its labels are not numbers of {len(names)} classes")
    return images.view(-1, 3, 32, 32), labels, names


class ArraysOnly(pickle.Unpickler):
    """Makes NumPy's arrays and Python's plain values; whatever else a file names is refused."""

    def find_class(self, module: str, name: str) -> Any:
        """What a pickle names, if it is part of an array. Raises UnpicklingError for all else."""
        if module in MODULES and name in ARRAYS:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"it names {module}.{name}, which is no array")


def unpickle(path: Path) -> dict[str, Any]:
    """A batch or the names: Python 2's texts are read as Latin-1, as NumPy wants its bytes."""
    content = ArraysOnly(io.BytesIO(path.read_bytes()), encoding="latin1").load()
    if not isinstance(content, dict):
        raise ValueError(f"{path.name} holds {type(content).__name__}, not a table")
    return content


def fetch(source: CifarSource, folder: Path) -> None:
    """Download the archive to the folder, check its md5 sum, and unpack it."""
    theirs = getattr(torchvision.datasets, source.name)
    try:
        download_and_extract_archive(
            theirs.url, str(folder), filename=theirs.filename, md5=theirs.tgz_md5
        )
    except (RuntimeError, OSError) as error:
        raise UserError(
            f"could not download {source.name} to {folder}: {error}; check the "
            f"connection, or unpack {theirs.filename} there"
        ) from error

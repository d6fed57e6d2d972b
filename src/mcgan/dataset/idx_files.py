"""MNIST and Fashion-MNIST: ten classes of grey pictures, 28x28, in IDX files, plain or gzipped.

LeCun, Cortes, Burges 1998; Xiao, Rasul, Vollgraf 2017.
"""

import gzip
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torchvision
from torch import Tensor

from mcgan.errors import UserError
from mcgan.system.places import data_folder

BYTES = b"\0\0\x08"  # how an IDX file of unsigned bytes begins; the number of dimensions follows
DAMAGED = (OSError, EOFError, ValueError, IndexError, zlib.error)


class Source(NamedTuple):
    """One of the two, as torchvision lays out its files."""

    name: str  # of torchvision's class, and of its folder
    classes: tuple[str, ...]
    installed: Path  # where a package of the system puts the files
    package: str = ""  # that package, in words; empty: there is none


MNIST = Source(
    "MNIST", tuple(f"digit {number}" for number in range(10)), Path("/usr/share/datasets/mnist")
)
FASHION = Source(
    "FashionMNIST",
    ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag",
     "ankle boot"),
    Path("/usr/share/datasets/fashion-mnist"), "Debian's package dataset-fashion-mnist",
)  # fmt: skip


def read(source: Source, root: str | None, train: bool, download: bool) -> tuple[Tensor, Tensor]:
    """Pictures (n, 28, 28) uint8 and labels (n,) int64 of one split.

    Raises UserError where files are missing, damaged or out of reach.
    """
    folder = data_folder(root)
    files = find(source, folder, train)
    if files is None and download:
        fetch(source, folder)
        files = find(source, folder, train)
    if files is None:
        raise UserError(missing(source, folder))
    try:
        images, labels = map(read_idx, files)
    except DAMAGED as error:
        raise UserError(
            f"cannot read {source.name} in {files[0].parent}: {error}; delete the damaged files"
        ) from error
    if images.shape != (len(labels), 28, 28) or labels.dim() != 1 or not len(labels):
        raise UserError(
            f"{source.name} in {files[0].parent} is damaged: its pictures are "
            f"{tuple(images.shape)}, its labels {tuple(labels.shape)}"
        )
    return images, labels.long()


def find(source: Source, folder: Path, train: bool) -> tuple[Path, Path] | None:
    """The files of pictures and of labels, from the first place that has both.

    MNIST's have the same names as Fashion-MNIST's, so the name of their folder must tell.
    """
    split, own = "train" if train else "t10k", source.installed.name
    named = folder if folder.name == own else folder / own
    for place in (folder / source.name / "raw", named, source.installed):
        images = plain_or_zipped(place / f"{split}-images-idx3-ubyte")
        labels = plain_or_zipped(place / f"{split}-labels-idx1-ubyte")
        if images and labels:
            return images, labels
    return None


def plain_or_zipped(path: Path) -> Path | None:
    """The file itself or its gzipped form, whichever is there; None if neither is."""
    both = (path, path.with_name(f"{path.name}.gz"))
    return next((each for each in both if each.is_file()), None)


def read_idx(path: Path) -> Tensor:
    """The array of unsigned bytes in an IDX file; raises one of DAMAGED where it is none."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if not content.startswith(BYTES):
        raise ValueError(f"{path.name} is no IDX file of bytes")
    rank = content[3]
    shape = np.frombuffer(content, ">i4", rank, 4)
    values = np.frombuffer(content, np.uint8, -1, 4 + 4 * rank)
    return torch.from_numpy(values.reshape(shape).copy())


def fetch(source: Source, folder: Path) -> None:
    """Let torchvision download the files to `folder`/NAME/raw, and check them."""
    try:
        getattr(torchvision.datasets, source.name)(folder, download=True)
    except (RuntimeError, OSError) as error:
        raise UserError(
            f"could not download {source.name} to {folder}; check the connection, or "
            "put the files there"
        ) from error


def missing(source: Source, folder: Path) -> str:
    """A sentence for files that are not there: where they were looked for, and how to get them."""
    package = f"install {source.package}, " if source.package else ""
    return (
        f"no {source.name} files in {folder / source.name / 'raw'}; add dataset.download=true to "
        f"fetch them, {package}or name the folder that has them with dataset.root=... or MCGAN_DATA"
    )


def pixels(images: Tensor) -> Tensor:
    """Grey values (n, H, W) uint8 -> (n, 1, H, W) float32 in [-1, 1]."""
    return images[:, None].float() / 127.5 - 1

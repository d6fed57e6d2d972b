"""Pictures of a folder as bytes of one size, in a mapped file of the user's cache.

Memory need not hold them: the system reads what is drawn. The file is made once for a content.
"""

import contextlib
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from mcgan.dataset.pictures import Mode, PictureError, find_pictures, name_refused, read_picture
from mcgan.errors import UserError
from mcgan.system.places import cache_folder

MODES: dict[int, Mode] = {3: "RGB", 1: "L"}  # by channels
DAMAGED = (OSError, ValueError, EOFError)


class Decoding(NamedTuple):
    """What `read_picture` makes of a file."""

    size: int
    mode: Mode
    background: str
    white: float | None


def read_folder(folder: Path, size: int, channels: int) -> Tensor:
    """All pictures (n, channels, size, size) uint8 below a folder, in natural order, mapped.

    Raises UserError where there are none, or one cannot be read.
    """
    found = find_pictures(folder)
    if not found.paths:
        said = found.describe_left_out()
        raise UserError(
            f"dataset.root={folder} has no pictures{said and f' ({said})'}: give the "
            "folder that holds them"
        )
    return map_pictures(found.paths, size, channels)


def map_pictures(
    paths: Sequence[Path],
    size: int,
    channels: int,
    background: str = "white",
    white: float | None = None,
) -> Tensor:
    """Pictures (n, channels, size, size) uint8 of these files, in their order, mapped.

    ``background`` and ``white`` are those of `read_picture`. Raises UserError where one cannot be
    read, or the cache not written.
    """
    how = Decoding(size, MODES[channels], background, white)
    file = cache_folder() / "pictures" / f"{content_of(paths, how)}.npy"
    with contextlib.suppress(*DAMAGED):
        return mapped(file)
    try:
        write(file, paths, how)
        return mapped(file)
    except OSError as error:
        raise UserError(
            f"cannot keep the pictures in {file.parent}: {error}; make room, or name "
            "another folder with the environment's XDG_CACHE_HOME"
        ) from error


def mapped(file: Path) -> Tensor:
    """Cached pictures (n, C, H, W) as bytes, read from the disk as they are used."""
    return torch.from_numpy(np.load(file, mmap_mode="c"))


def content_of(paths: Sequence[Path], how: Decoding) -> str:
    """A name that tells what is in the files, and what is made of them."""
    content = hashlib.sha256(str(tuple(how)).encode())
    try:
        for path in paths:
            content.update(hashlib.sha256(path.read_bytes()).digest())
    except OSError as error:
        raise PictureError(path, f"it cannot be read ({error.strerror})") from error
    return content.hexdigest()


def write(file: Path, paths: Sequence[Path], how: Decoding) -> None:
    """Decode the pictures one by one into a new file. Raises UserError where some are damaged."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    shape = (len(paths), len(how.mode), how.size, how.size)
    head = {"descr": "|u1", "fortran_order": False, "shape": shape}
    refused: list[PictureError] = []
    try:
        with temporary.open("wb") as out:
            np.lib.format.write_array_header_1_0(out, head)
            for path in paths:
                try:
                    out.write(read_picture(path, *how).tobytes())
                except PictureError as error:
                    refused.append(error)
        if refused:
            raise UserError(name_refused(refused, len(paths)) + ": mend them or take them away")
        os.replace(temporary, file)
    finally:
        temporary.unlink(missing_ok=True)

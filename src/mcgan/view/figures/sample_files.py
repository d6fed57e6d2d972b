"""Samples as files: an array, a table, one picture of all of them, or a folder of pictures."""

import io
import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from torch import Tensor

from mcgan.dataset.base import ModalDataset
from mcgan.errors import UserError
from mcgan.system import atomic

LEGIBLE = 64  # dots that a picture in a sheet is wide, at least


class SampleFile(NamedTuple):
    """What is to be written."""

    x: Tensor  # (n, *S) in data units
    dataset: Callable[[], ModalDataset]  # reads it: only the picture of vectors needs data
    path: int | None  # samples of a path between latents, which are a row of a sheet
    heading: str  # of the picture of vectors

    @property
    def pictures(self) -> bool:
        """Whether the samples are pictures (n, C, H, W)."""
        return self.x.dim() == 4


def write_samples(out: Path, samples: SampleFile) -> None:
    """Writes them at ``out``, whole or not at all. Raises UserError for another kind of data."""
    if out.suffix in FILES:
        atomic.write_bytes(out, FILES[out.suffix](samples))
    else:
        write_folder(out, samples)


def npy(samples: SampleFile) -> bytes:
    """The samples as the bytes of a .npy file."""
    data = io.BytesIO()
    np.save(data, samples.x.numpy())
    return data.getvalue()


def npz(samples: SampleFile) -> bytes:
    """The samples as the bytes of a .npz file, under the name `samples`."""
    data = io.BytesIO()
    np.savez_compressed(data, samples=samples.x.numpy())
    return data.getvalue()


def csv(samples: SampleFile) -> bytes:
    """A line for each vector, below the names of the coordinates."""
    if samples.pictures:
        raise UserError(
            "a .csv is for vectors, and these are pictures: give --out a .npy, a .png or a folder"
        )
    x = samples.x.flatten(1).numpy()
    data = io.StringIO()
    names = ",".join(f"x{axis}" for axis in range(1, x.shape[1] + 1))
    np.savetxt(data, x, fmt="%.9g", delimiter=",", header=names, comments="")
    return data.getvalue().encode()


def png(samples: SampleFile) -> bytes:
    """All samples in one picture, as PNG: a sheet of pictures, or points in the plane."""
    return sheet(samples) if samples.pictures else scatter(samples)


def sheet(samples: SampleFile) -> bytes:
    """All pictures, side by side; those of a path in a row."""
    from mcgan.view.figures.image_grid import tile  # matplotlib

    shown = tile(samples.x, columns=samples.path or math.ceil(math.sqrt(len(samples.x))))
    larger = max(1, LEGIBLE // samples.x.shape[-1])
    dots = np.round(255 * shown).astype(np.uint8)
    return encode(dots.repeat(larger, 0).repeat(larger, 1))


def scatter(samples: SampleFile) -> bytes:
    """The samples over the target's density. Modes are not judged: there may be few samples."""
    from mcgan.view.figures import style
    from mcgan.view.figures.scatter import samples_over_density

    dataset, n = samples.dataset(), len(samples.x)
    caption = f"{n:,} samples; `mcgan evaluate` judges modes, by enough of them"
    figure = samples_over_density(
        samples.x[None] / dataset.scale, dataset, None, samples.heading, caption=caption
    )
    return style.png(figure)


FILES: dict[str, Callable[[SampleFile], bytes]] = {
    ".npy": npy,
    ".npz": npz,
    ".png": png,
    ".csv": csv,
}
"""What writes a file, by the end of its name."""


def write_folder(out: Path, samples: SampleFile) -> None:
    """A folder of PNGs at data size, 000.png and on. Raises UserError where files lie there."""
    if not samples.pictures:
        raise UserError(
            f"--out {out}: a folder is for pictures, and these are vectors: give a "
            ".npy, a .csv or a .png"
        )
    if out.is_dir() and any(out.iterdir()):
        raise UserError(
            f"--out {out} is not empty, and its files would mix with the samples: name a new folder"
        )
    with atomic.disk_errors(out):
        made = atomic.temporary_name(out.absolute())
        made.mkdir()
        try:
            fill(made, samples.x)
            if out.is_dir():
                out.rmdir()
            made.rename(out)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise


def fill(folder: Path, x: Tensor) -> None:
    """Writes each picture into a folder, as a PNG named by its number."""
    dots = ((x + 1) * 127.5).round().clamp(0, 255).byte().permute(0, 2, 3, 1).numpy()
    digits = max(3, len(str(len(x) - 1)))
    for number, picture in enumerate(dots):
        (folder / f"{number:0{digits}d}.png").write_bytes(encode(picture))


def encode(dots: np.ndarray) -> bytes:
    """The PNG of a picture (rows, columns) or (rows, columns, 1 or 3), uint8."""
    from PIL import Image

    grey = dots.ndim == 3 and dots.shape[2] == 1
    data = io.BytesIO()
    Image.fromarray(dots[..., 0] if grey else dots).save(data, format="PNG")
    return data.getvalue()

"""Picture files: which there are, and what is on them. Every picture is read here, the same way."""

import os
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageOps, UnidentifiedImageError

from mcgan.dataset.pixels import Unfit, flatten, to_eight_bits
from mcgan.errors import UserError, one_line, printable

Pixels = NDArray[np.uint8]
Mode = Literal["RGB", "L"]
FORMATS = ("PNG", "JPEG", "MPO", "GIF", "BMP", "TIFF", "WEBP", "PPM", "JPEG2000", "AVIF")
SUFFIXES = {".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".bmp", ".tif", ".tiff",
            ".webp", ".ppm", ".pgm", ".pbm", ".pnm", ".jp2", ".avif"}  # fmt: skip
LARGEST = 2**27  # pixels of a picture, 134 million: more than a camera has, or 400 MB
NAMED = 5  # of the files that cannot be read; the rest are counted
FOREIGN = ("__MACOSX",)  # folders that archives of macOS have


class PictureError(UserError):
    """A picture, or a folder of them, that cannot be read: which, and why."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return f"{printable(str(self.path))}: {self.reason}"


class Found(NamedTuple):
    """The pictures below a folder."""

    paths: list[Path]  # in natural order: picture2 before picture10
    left_out: dict[str, int]  # what else lies there, such as {".txt files": 2}

    def describe_left_out(self) -> str:
        """`left out: .txt files (2), hidden files (1)`; nothing where nothing was."""
        said = [f"{what} ({count:,})" for what, count in sorted(self.left_out.items())]
        return f"left out: {', '.join(said)}" if said else ""


class Pictures(NamedTuple):
    """What was read of many files."""

    pixels: Pixels  # (n, channels, size, size), of the files that could be read, in their order
    paths: list[Path]  # of those, n
    refused: list[PictureError]  # one for each of the others

    def check(self) -> None:
        """Raises UserError, with the first names and a count, where any could not be read."""
        if self.refused:
            raise UserError(name_refused(self.refused, len(self.paths) + len(self.refused)))


def read_picture(
    path: Path | str,
    size: int | None = None,
    mode: Mode = "RGB",
    background: str = "white",
    white: float | None = None,
) -> Pixels:
    """The pixels of a picture file, uint8 (3 or 1, height, width), as a viewer shows them.

    With ``size`` its shorter side is scaled to that, and the middle square cut out. Transparency
    lies on ``background`` (a name or #rrggbb), colours are sRGB, the camera's orientation is
    undone. More than 8 bits a value are scaled so that ``white`` is 255; by default that is what
    the file declares. Raises PictureError: no picture, damaged, animated, too large, or of values
    whose white nobody knows.
    """
    with decoding(Path(path)), Image.open(path, formats=known_formats()) as file:
        check_file(file)
        image = ImageOps.exif_transpose(to_eight_bits(with_own_key(file), white))
        plain = flatten(image, file.info.get("icc_profile"), ImageColor.getrgb(background)[:3])
        square = plain.convert(mode) if size is None else cut(plain.convert(mode), size)
    values = np.asarray(square)
    return np.ascontiguousarray(values.reshape(*values.shape[:2], -1).transpose(2, 0, 1))


def read_pictures(
    paths: Sequence[Path],
    size: int,
    mode: Mode = "RGB",
    background: str = "white",
    white: float | None = None,
    progress: Callable[[int], None] | None = None,
) -> Pictures:
    """The pixels of many files as one array, and which files cannot be read; as `read_picture`.

    ``progress`` is called with the number of files done, after each.
    """
    pixels = np.empty((len(paths), len(mode), size, size), np.uint8)
    read: list[Path] = []
    refused: list[PictureError] = []
    for number, path in enumerate(paths, 1):
        try:
            pixels[len(read)] = read_picture(path, size, mode, background, white)
            read.append(path)
        except PictureError as error:
            refused.append(error)
        if progress:
            progress(number)
    return Pictures(pixels[: len(read)], read, refused)


def name_refused(refused: Sequence[PictureError], total: int) -> str:
    """`2 of 50 pictures cannot be read: a.png: it is truncated; b.png: ...`, at most five names."""
    named = "; ".join(map(str, refused[:NAMED]))
    more = f"; and {len(refused) - NAMED:,} more" if len(refused) > NAMED else ""
    return f"{len(refused):,} of {total:,} pictures cannot be read: {named}{more}"


def find_pictures(root: Path | str) -> Found:
    """All pictures below a folder, searched through, links followed; hidden files are left out.

    Raises PictureError for a folder that is missing or cannot be read.
    """
    left_out: Counter[str] = Counter()
    found = [path for path in walk(Path(root), left_out) if is_picture(path, left_out)]
    return Found(sorted(found, key=natural_path), dict(left_out))


def walk(root: Path, left_out: Counter[str]) -> Iterator[Path]:
    """All files below a folder but those in hidden folders, which are counted."""
    waiting: list[tuple[Path, frozenset[str]]] = [(root, frozenset())]
    while waiting:
        folder, above = waiting.pop()
        real = os.path.realpath(folder)
        for entry in [] if real in above else list_folder(folder):  # a link may lead back
            if not entry.is_dir():
                yield Path(entry.path)
            elif is_hidden(entry.name):
                left_out[f"{entry.name} folders"] += 1
            else:
                waiting.append((Path(entry.path), above | {real}))


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is none of the user's pictures."""
    return name.startswith(".") or name in FOREIGN


def list_folder(folder: Path) -> list[os.DirEntry[str]]:
    """What lies in a folder. Raises PictureError where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return [*entries]
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise PictureError(folder, f"this folder cannot be read ({reason})") from error


def is_picture(path: Path, left_out: Counter[str]) -> bool:
    """Whether a file is a picture by its name; others are counted."""
    suffix = path.suffix.lower()
    if is_hidden(path.name):
        left_out["hidden files"] += 1
    elif suffix not in SUFFIXES:
        left_out[f"{suffix} files" if suffix else "files without a suffix"] += 1
    else:
        return True
    return False


@lru_cache(maxsize=10_000)  # the folders of 100,000 files are few
def natural(text: str) -> tuple[tuple[str | int, ...], str]:
    """A key to sort names by, as people count: class2 before class10."""
    parts = re.split(r"(\d+)", text)
    return tuple(int(part) if part.isdecimal() else part.casefold() for part in parts), text


def natural_path(path: Path) -> list[tuple[tuple[str | int, ...], str]]:
    """A key to sort paths by, in which `10.png` comes after `9.png`."""
    return [natural(part) for part in path.parts]


@contextmanager
def decoding(path: Path) -> Iterator[None]:
    """Raises a PictureError for whatever a decoder raises, and keeps its warnings to itself."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Unfit as refusal:
        raise PictureError(path, str(refusal)) from None
    except UnidentifiedImageError as error:
        raise PictureError(path, "it is no picture of a known format, or damaged") from error
    except Exception as error:  # decoders raise nearly every type
        reason = getattr(error, "strerror", None) or one_line(error) or type(error).__name__
        raise PictureError(path, f"it cannot be decoded ({reason})") from error


@cache
def known_formats() -> list[str]:
    """The formats that this Pillow reads, of ours: others run programs, or know any file."""
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]


def check_colour(name: str) -> None:
    """Raises ValueError where ``background`` is no colour."""
    try:
        ImageColor.getrgb(name)
    except ValueError as error:
        raise ValueError(
            f"background must be a colour, such as white or '#808080', not {name!r}"
        ) from error


def check_file(file: Image.Image) -> None:
    """Raises Unfit for a picture that is too large, or several in one file."""
    width, height = file.size
    if width * height > LARGEST:
        raise Unfit(f"it has {width:,} x {height:,} pixels, too many: scale it down")
    if getattr(file, "is_animated", False) and file.format != "MPO":  # a photograph comes first
        raise Unfit("it is animated, or has several pages: save one as a picture of its own")


def with_own_key(file: Image.Image) -> Image.Image:
    """The file, loaded, its transparent colour with as many bits as its pixels."""
    key = file.info.get("transparency")
    if isinstance(key, tuple) and any(tile[3] == "RGB;16B" for tile in getattr(file, "tile", ())):
        file.info["transparency"] = tuple(value >> 8 for value in key)
    file.load()
    return file


def cut(image: Image.Image, size: int) -> Image.Image:
    """The middle square of a picture whose shorter side is scaled to ``size``."""
    short, long = sorted(image.size)
    longer = max(size, int(size * long / short))
    width, height = (size, longer) if image.width <= image.height else (longer, size)
    scaled = image.resize((width, height), Image.Resampling.BILINEAR)
    left, top = round((width - size) / 2), round((height - size) / 2)
    return scaled.crop((left, top, left + size, top + size))

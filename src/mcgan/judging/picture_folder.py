"""Folders of pictures: of which size and how many channels they are read, and their classes."""

from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image

from mcgan.dataset.class_folders import find_splits
from mcgan.dataset.pictures import Pictures, find_pictures, name_refused, read_pictures
from mcgan.errors import UserError
from mcgan.judging.raw import Raw, Taken
from mcgan.judging.samples import Array, Progress

LARGEST_SIDE = 256  # pixels: no feature that we compute by default sees more
LOOKED_AT = 2000  # headers that the common size is found from


def open_folder(root: Path, progress: Progress | None = None) -> Raw:
    """The pictures below a folder. Raises UserError where there is none."""
    found = find_pictures(root)
    if not found.paths:
        what = found.describe_left_out()
        raise UserError(
            f"{root} has no pictures{f' ({what})' if what else ''}: give a folder "
            "with .png or .jpg files, or a file of samples"
        )
    side, note = common_side(found.paths)

    def take(chosen: Array) -> Taken:
        return read_folder(root, [found.paths[number] for number in chosen], side, progress)

    notes = [note, found.describe_left_out(), describe_splits(root, found.paths)]
    return Raw(len(found.paths), take, row_bytes=3 * side**2, notes=[*filter(None, notes)])


def common_side(paths: list[Path]) -> tuple[int, str]:
    """The commonest shorter side, and a sentence where pictures are of several shapes."""
    spread = paths[:: max(1, len(paths) // LOOKED_AT)]
    sizes = Counter(size for path in spread if (size := size_of(path)))
    if not sizes:
        return 32, ""  # nothing can be read, which reading says
    wish = min(sides_of(sizes).most_common(1)[0][0], LARGEST_SIDE)
    if {*sizes} == {(wish, wish)}:
        return wish, ""
    return wish, f"pictures of {describe_sizes(sizes)} are brought to {wish} × {wish}"


def sides_of(sizes: Counter[tuple[int, int]]) -> Counter[int]:
    """How many pictures have each shorter side."""
    sides: Counter[int] = Counter()
    for size, count in sizes.items():
        sides[min(size)] += count
    return sides


def describe_sizes(sizes: Counter[tuple[int, int]]) -> str:
    """The one size of the pictures, such as `64 × 48`, or how many sizes there are."""
    width, height = sizes.most_common(1)[0][0]
    return f"{width} × {height}" if len(sizes) == 1 else f"{len(sizes)} sizes"


def size_of(path: Path) -> tuple[int, int] | None:
    """Width and height by the file's header; None where it cannot be read."""
    try:
        with Image.open(path) as file:
            return file.size
    except Exception:  # decoders raise nearly every type; reading says why
        return None


def read_folder(root: Path, paths: list[Path], side: int, progress: Progress | None) -> Taken:
    """The pictures with their classes. Raises UserError where none can be read."""

    def tell(done: int) -> None:
        if progress:
            progress(f"reading {root}", done, len(paths))

    pictures = read_pictures(paths, side, progress=tell)
    if not pictures.paths:
        raise UserError(
            f"no picture in {root} can be read: {name_refused(pictures.refused, len(paths))}"
        )
    rows, notes = pictures.pixels, skipped(pictures, len(paths))
    colours = rows[:, :1] if (rows == rows[:, :1]).all() else rows
    kept = np.isin([str(path) for path in paths], [str(path) for path in pictures.paths])
    return Taken(colours, classes(root, pictures.paths), kept.nonzero()[0], notes)


def describe_splits(root: Path, paths: list[Path]) -> str:
    """That the folder's splits are read together; nothing where it has not several."""
    names = [*find_splits(root, paths).values()]
    said = f"the pictures of {' and '.join(names)} are read together: give one folder for one alone"
    return said * (len(names) > 1)


def skipped(pictures: Pictures, total: int) -> list[str]:
    """A sentence that names the first files that cannot be read, and counts them."""
    return [f"{name_refused(pictures.refused, total)}; they are left out"] * bool(pictures.refused)


def classes(root: Path, paths: list[Path]) -> Array | None:
    """The folder that each picture lies in, directly below the root; None where all lie in it.

    Where train and test lie below the root, it is the folder below those.
    """
    level = 1 if find_splits(root, paths) else 0
    folders = [path.relative_to(root).parent.parts for path in paths]
    names = [each[level] if len(each) > level else "" for each in folders]
    return np.array(names) if any(names) else None

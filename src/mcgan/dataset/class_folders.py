"""Which class each picture of a folder belongs to: the name of the folder that it lies in."""

import logging
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from mcgan.dataset.pictures import Found, PictureError, find_pictures, is_hidden, natural
from mcgan.errors import UserError, printable

log = logging.getLogger(__name__)

Split = Literal["train", "val", "test"]
SPLITS = {"train": "train", "training": "train", "val": "val", "valid": "val",
          "validation": "val", "test": "test", "testing": "test"}  # fmt: skip
NAMED = 30  # classes that a line names


class Classes(NamedTuple):
    """The classes of a folder in natural order, and the pictures of each."""

    place: Path  # the folder whose folders are the classes
    names: list[str]
    paths: list[Path]  # n, class by class
    labels: list[int]  # n: the place of a picture's class in ``names``


def find_classes(root: Path, split: Split) -> Classes:
    """The pictures in the class folders ``root``/CLASS, or in ``root``/SPLIT/CLASS.

    What was found and what was left out are lines of the log. Raises UserError: no pictures, no
    class folders, one class, no such split.
    """
    found = find_in_root(root)
    place = choose_split(root, found.paths, split)
    inside = [path for path in found.paths if path.is_relative_to(place)]
    paths = [path for path in inside if path.parent != place]
    names = sorted({class_of(path, place) for path in paths}, key=natural)
    check_classes(place, names, inside, found)
    number = {name: index for index, name in enumerate(names)}
    classes = Classes(place, names, paths, [number[class_of(path, place)] for path in paths])
    tell_classes(classes)
    tell_left_out(classes, found, loose=len(inside) - len(paths))
    warn_of_deeper_pictures(classes)
    return classes


def find_in_root(root: Path) -> Found:
    """What `find_pictures` finds. Raises UserError with the setting that names the folder."""
    try:
        return find_pictures(root)
    except PictureError as error:
        raise UserError(f"dataset.root={error}: name the folder of the class folders") from error


def class_of(path: Path, place: Path) -> str:
    """The class of a picture: the first folder on its way from ``place``."""
    return path.relative_to(place).parts[0]


def choose_split(root: Path, paths: list[Path], split: Split) -> Path:
    """``root``, or its folder for the split, where all its folders are splits with classes inside.

    Raises UserError where there are splits, and not this one.
    """
    splits = find_splits(root, paths)
    if not splits:
        if split == "train":
            return root
        raise UserError(
            f"dataset.split={split}, and dataset.root={show(root)} has no folders "
            f"train, val and test with class folders in them: leave the split out"
        )
    if split not in splits:
        has = " and ".join(splits)
        raise UserError(
            f"dataset.root={show(root)} has pictures for {has}, not for {split}: add "
            f"dataset.split={next(iter(splits))}"
        )
    return root / splits[split]


def find_splits(root: Path, paths: Sequence[Path]) -> dict[str, str]:
    """The folders of ``root`` by their splits, where all are splits with classes inside.

    Empty where they are not.
    """
    outer = {class_of(path, root) for path in paths if path.parent != root}
    deep = any(depth(path, root) > 2 for path in paths)
    splits = {SPLITS[name.lower()]: name for name in sorted(outer) if name.lower() in SPLITS}
    return splits if deep and len(splits) == len(outer) else {}


def check_classes(place: Path, names: list[str], paths: list[Path], found: Found) -> None:
    """Raises UserError where the folder has fewer than two classes, with what may help."""
    here = f"dataset.root={show(place)}"
    if not found.paths:
        raise UserError(
            f"{here} has no pictures ({found.describe_left_out() or 'it is empty'}): "
            "give a folder that has a folder of pictures for each class"
        )
    if not names:
        raise UserError(
            f"{here} has {len(paths):,} pictures and no class folders; the classes "
            f"are the modes: put the pictures into folders, {show(place)}/CLASS/, one "
            "for each class"
        )
    if len(names) == 1:
        raise UserError(
            f"{here} has one class folder, {show(names[0])}; modes need at least two: "
            f"put a folder of another class beside it{hint(place, names[0], paths)}"
        )


def hint(place: Path, only: str, paths: list[Path]) -> str:
    """That the classes may lie a level deeper than the root that was given."""
    deeper = {class_of(path, place / only) for path in paths if depth(path, place) > 2}
    named = ", ".join(map(show, sorted(deeper, key=natural)[:3]))
    return f", or give dataset.root={show(place / only)} if {named} are the classes" * bool(deeper)


def depth(path: Path, place: Path) -> int:
    """How many folders below ``place`` a picture lies, itself counted."""
    return len(path.relative_to(place).parts)


def tell_classes(classes: Classes) -> None:
    """A line of the log: the classes, and how many pictures each has."""
    counts = Counter(classes.labels)
    named = [f"{show(name)} ({counts[i]:,})" for i, name in enumerate(classes.names[:NAMED])]
    more = len(classes.names) - NAMED
    log.info(
        "%s classes in %s, with their pictures: %s%s",
        f"{len(classes.names):,}",
        show(classes.place),
        ", ".join(named),
        f" and {more:,} more" if more > 0 else "",
    )


def tell_left_out(classes: Classes, found: Found, loose: int) -> None:
    """A line of the log: what lies there and is no picture of a class, with counts."""
    folders = {
        path.name for path in classes.place.iterdir() if path.is_dir() and not is_hidden(path.name)
    }
    other = len(found.paths) - len(classes.paths) - loose
    more = {
        "pictures of other splits": other,
        "pictures beside the class folders": loose,
        "folders without pictures": len(folders - {*classes.names}),
    }
    whole = Found([], found.left_out | {what: count for what, count in more.items() if count})
    if whole.left_out:
        log.info(whole.describe_left_out())


def warn_of_deeper_pictures(classes: Classes) -> None:
    """Warns where pictures lie below folders inside of the class folders, which name no class."""
    deeper = [path for path in classes.paths if depth(path, classes.place) > 2]
    if deeper:
        log.warning(
            "%s of %s pictures lie a level deeper than their class folder, such as %s: it "
            "counts for class %s; if the folder inside is the class, give the root "
            "above it",
            f"{len(deeper):,}",
            f"{len(classes.paths):,}",
            show(deeper[0]),
            show(class_of(deeper[0], classes.place)),
        )


def show(path: Path | str) -> str:
    """A path as it can be printed, control characters escaped."""
    shown: str = printable(str(path))
    return shown

"""Labelled images; the classes are the modes, and a classifier trained on first use names them."""

import logging
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import torch
from torch import Tensor

from mcgan.config.settings import Above, AtLeast, Below
from mcgan.dataset.class_folders import Classes, Split, find_classes
from mcgan.dataset.picture_cache import map_pictures
from mcgan.dataset.pictures import check_colour
from mcgan.dataset.stored_pictures import FEWEST, StoredPictures
from mcgan.errors import UserError

log = logging.getLogger(__name__)

MANY = 5000  # pictures, whose reading takes some seconds
NEAR = 0.2  # of the way from chance to certainty


@dataclass(eq=False)
class Folder(StoredPictures):
    """Images (channels, size, size) in [-1, 1] drawn from `root`/CLASS/*.

    They are decoded once, into a file of the cache that is mapped, so memory need not hold them.

    `split` is the folder to take where `root` has train, val or test folders of class folders. The
    files are read by `mcgan.dataset.pictures`: transparency lies on the colour `background`, and
    `white` is the value of white in pictures of more than 8 bits that do not say it.

    No classifier is known for them, so one is trained on four fifths of the images; its accuracy on
    the last fifth is a fact of every result, for modes are only as certain as that.
    """

    root: str
    size: Annotated[int, AtLeast(8)] = 32
    channels: Literal[3, 1] = 3
    confidence: Annotated[float, Above(0), Below(1)] = 0.9
    steps: Annotated[int, AtLeast(10)] = 1500
    split: Split = "train"
    background: str = "white"
    white: Annotated[float, Above(0)] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_colour(self.background)

    def prepare(self) -> None:
        """Read the images, train or reload their classifier.

        Raises UserError: no such folder, fewer than two classes, too few images, unreadable ones.
        """
        found = find_classes(Path(self.root).expanduser(), self.split)
        check_counts(found)
        labels, images = torch.tensor(found.labels), self._read(found.paths)
        self.settle_trained(images, labels, found.names, self.steps, self.confidence)
        warn_near_chance(self.facts()["classifier_accuracy"], self.weights)

    def _read(self, paths: list[Path]) -> Tensor:
        """All images (n, channels, size, size) uint8. Raises UserError with the unreadable ones."""
        if len(paths) > MANY:
            log.info("reading %s pictures", f"{len(paths):,}")
        return map_pictures(paths, self.size, self.channels, self.background, self.white)


def check_counts(classes: Classes) -> None:
    """Raises UserError for a class with too few pictures for its classifier."""
    counts = Counter(classes.labels)
    for number, name in enumerate(classes.names):
        if counts[number] < FEWEST:
            raise UserError(
                f"class {name!r} in dataset.root={classes.place} has {counts[number]} images; its "
                f"classifier needs at least {FEWEST}: add images or take the folder away"
            )


def warn_near_chance(accuracy: float, weights: Tensor) -> None:
    """Warns of a classifier that hardly beats always naming the largest class."""
    chance = weights.max().item()
    if accuracy < chance + NEAR * (1 - chance):
        log.warning(
            "the classifier that names modes is right on %.0f %% of held-out images, and "
            "always naming the largest class on %.0f %%: counts of modes mean little; see "
            "that the folders in dataset.root are classes that a picture shows",
            100 * accuracy,
            100 * chance,
        )

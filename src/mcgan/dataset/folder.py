"""Labelled images; the classes are the modes, and a classifier trained on first use names them."""

import hashlib
import logging
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import torch
from torch import Generator, Tensor

from mcgan.config.settings import Above, AtLeast, Below
from mcgan.dataset.base import ModalDataset, Recognition
from mcgan.dataset.class_folders import Classes, Split, find_classes
from mcgan.dataset.classifier import probabilities
from mcgan.dataset.data_mark import digest
from mcgan.dataset.pictures import Mode, check_colour, read_pictures
from mcgan.dataset.spread import spread_of_pictures
from mcgan.dataset.trained_classifier import Judge, split_held_out, train_once
from mcgan.errors import UserError
from mcgan.system.places import cache_folder

log = logging.getLogger(__name__)

FEWEST = 20  # images per class: a fifth is held out to measure the classifier
MANY = 5000  # pictures, whose reading takes some seconds
NEAR = 0.2  # of the way from chance to certainty


@dataclass(eq=False)
class Folder(ModalDataset):
    """Images (channels, size, size) in [-1, 1] drawn from `root`/CLASS/*; all are held in memory.

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
        self.shape = (self.channels, self.size, self.size)

    def prepare(self) -> None:
        """Read the images, train or reload their classifier.

        Raises UserError: no such folder, fewer than two classes, too few images, unreadable ones.
        """
        found = find_classes(Path(self.root).expanduser(), self.split)
        check_counts(found)
        self.images, self.labels = self._read(found.paths), torch.tensor(found.labels)
        self.classes = found.names
        self.num_modes = len(self.classes)
        self.weights = torch.bincount(self.labels).double() / len(self.labels)
        self.spreads = spread_of_pictures(self.images, self.labels, self.num_modes)
        self.judge = self._judge()
        self.ceiling = self.judge.sure_share(self.confidence, self._held_out)
        warn_near_chance(self.judge.accuracy, self.weights)

    def _read(self, paths: list[Path]) -> Tensor:
        """All images (n, channels, size, size) uint8. Raises UserError with the unreadable ones."""
        if len(paths) > MANY:
            log.info("reading %s pictures", f"{len(paths):,}")
        mode: Mode = "RGB" if self.channels == 3 else "L"
        pictures = read_pictures(paths, self.size, mode, self.background, self.white)
        pictures.check()
        return torch.from_numpy(pictures.pixels)

    def _judge(self) -> Judge:
        """The classifier of exactly these images, from the cache or trained now."""
        settings = f"{self.shape} {self.steps} {self.labels.tolist()}"
        content = settings.encode() + self.images.numpy().tobytes()
        name = hashlib.sha256(content).hexdigest()
        path = cache_folder() / "classifiers" / f"{name}.pt"
        x = self.images.float() / 127.5 - 1
        return train_once(path, x, self.labels, self.steps)

    def _held_out(self) -> Tensor:
        """The images that the classifier was not trained on."""
        return self.images[split_held_out(len(self.images))[0]].float() / 127.5 - 1

    def draw(self, n: int, generator: Generator) -> Tensor:
        rows = torch.randint(len(self.images), (n,), generator=generator)
        return self.images[rows].float() / 127.5 - 1

    def recognise(self, x: Tensor) -> Recognition:
        """The most probable class; the distance is 1 - its probability."""
        certainty, mode = probabilities(self.judge.net, x.cpu().float()).max(1)
        return Recognition(mode, certainty >= self.confidence, 1 - certainty)

    def fingerprint(self) -> dict[str, list[Any]]:
        """Of each class: what is on its images, as they were read; names and dates may change."""
        parts = enumerate(self.classes)
        return {name: digest(self.images[self.labels == number]) for number, name in parts}

    def facts(self) -> dict[str, Any]:
        """The classes and their classifier: held-out accuracy, sha256 of its weights."""
        return {**self.judge.facts, "classes": self.classes, "images": len(self.images)}


def check_counts(classes: Classes) -> None:
    """Raises UserError for a class with too few pictures for its classifier."""
    counts = Counter(classes.labels)
    for number, name in enumerate(classes.names):
        if counts[number] < FEWEST:
            raise UserError(
                f"class {name!r} in dataset.root={classes.place} has {counts[number]} images; its "
                f"classifier needs at least {FEWEST}: add images or take the folder away")


def warn_near_chance(accuracy: float, weights: Tensor) -> None:
    """Warns of a classifier that hardly beats always naming the largest class."""
    chance = weights.max().item()
    if accuracy < chance + NEAR * (1 - chance):
        log.warning("the classifier that names modes is right on %.0f %% of held-out images, and "
                    "always naming the largest class on %.0f %%: counts of modes mean little; see "
                    "that the folders in dataset.root are classes that a picture shows",
                    100 * accuracy, 100 * chance)

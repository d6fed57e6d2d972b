"""Pictures held as bytes, in memory or in a mapped file, and who names their modes."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import torch
from torch import Generator, Tensor

from mcgan.dataset.base import ModalDataset, Recognition
from mcgan.dataset.classifier import BytePictures, Pictures, probabilities
from mcgan.dataset.on_device import draw_rows
from mcgan.dataset.spread import AT_ONCE, split_modes, spread_of_pictures
from mcgan.dataset.trained_classifier import Judge, split_held_out, tell_change, train_once
from mcgan.errors import UserError
from mcgan.system.places import cache_folder

FEWEST = 20  # pictures of a class: a fifth is held out to measure the classifier


class Recogniser(Protocol):
    """Names the modes of pictures (n, C, H, W) in [-1, 1]."""

    @property
    def ceiling(self) -> float:
        """Share of real pictures that it takes for good."""

    def recognise(self, x: Tensor) -> Recognition:
        """Mode, quality and distance of each picture."""

    def facts(self) -> dict[str, Any]:
        """What a result must record of it."""


class StoredPictures(ModalDataset):
    """Pictures (C, H, W) in [-1, 1], drawn evenly.

    A subclass has them settled by `settle`, `settle_trained` or `settle_named`.
    """

    images: Tensor  # (N, C, H, W) uint8
    modes: Tensor  # (N,) int64: the mode of each
    classes: list[str]  # names of the modes
    recogniser: Recogniser

    def settle(
        self, images: Tensor, modes: Tensor, names: list[str], recogniser: Recogniser
    ) -> None:
        """Take pictures, their modes by number, and who recognises these."""
        self.images, self.modes, self.classes, self.recogniser = images, modes, names, recogniser
        self.shape, self.num_modes = tuple(images.shape[1:]), len(names)
        self.weights = torch.bincount(modes, minlength=len(names)).double() / len(modes)
        self.spreads = spread_of_pictures(images, modes, len(names))
        self.ceiling = recogniser.ceiling
        self.mode_names = tuple(names)

    def settle_trained(
        self, images: Tensor, labels: Tensor, names: list[str], steps: int, confidence: float
    ) -> None:
        """Take pictures whose modes are classes; a classifier of exactly these names them.

        It is the run's own if that knows as many classes, else the cache's, else trained now.
        """
        place, kept = classifier_file(images, labels, steps), self.kept
        fits = kept is not None and kept.classes == len(names)
        judge = kept if kept and fits else train_once(place, images, labels, steps)
        held_out = BytePictures(images, split_held_out(len(images))[0])
        self.settle_named(images, labels, names, confidence, judge, place, lambda: held_out)

    def settle_named(
        self, images: Tensor, labels: Tensor, names: list[str], confidence: float, judge: Judge,
        place: Path, held_out: Callable[[], Pictures],
    ) -> None:  # fmt: skip
        """Take pictures whose classes ``judge`` names, which new runs load from ``place``."""
        self.judge, self.notes = judge, tell_change(self.kept, judge, place)
        ceiling = judge.sure_share(confidence, held_out)
        self.settle(images, labels, names, ByClassifier(judge, confidence, ceiling))

    def draw(self, n: int, generator: Generator) -> Tensor:
        return draw_rows(self.images, n, generator).float() / 127.5 - 1

    drawn_from = ("images",)

    def recognise(self, x: Tensor) -> Recognition:
        return self.recogniser.recognise(x.cpu().float())

    def fingerprint(self) -> dict[str, list[Any]]:
        """The digest of each mode's pictures as they were read, by which other data are noticed."""
        rows = split_modes(torch.arange(len(self.modes)), self.modes, self.num_modes)
        return {
            name: digest_few(self.images, part)
            for name, part in zip(self.classes, rows, strict=True)
        }

    def facts(self) -> dict[str, Any]:
        """The names of the modes, and how they are recognised."""
        return {**self.recogniser.facts(), "classes": self.classes, "images": len(self.images)}


class ByClassifier(NamedTuple):
    """Modes are the classes that a trained network is sure of."""

    judge: Judge
    confidence: float  # the largest class probability from which a picture is good
    ceiling: float

    def recognise(self, x: Tensor) -> Recognition:
        """The most probable class; the distance is 1 - its probability."""
        certainty, mode = probabilities(self.judge.net, x).max(1)
        return Recognition(mode, certainty >= self.confidence, 1 - certainty)

    def facts(self) -> dict[str, Any]:
        """The classifier's accuracy on pictures held out, and the sha256 of its weights."""
        return self.judge.facts


def classifier_file(images: Tensor, labels: Tensor, steps: int) -> Path:
    """The file in the cache whose name tells the content of the images."""
    content = hashlib.sha256(f"{tuple(images.shape[1:])} {steps} {labels.tolist()}".encode())
    for part in images.split(AT_ONCE):
        content.update(part.numpy().tobytes())
    return cache_folder() / "classifiers" / f"{content.hexdigest()}.pt"


def digest_few(images: Tensor, rows: Tensor) -> list[Any]:
    """As `data_mark.digest` of these rows of images, a few read at a time."""
    content = hashlib.sha256()
    for part in rows.split(AT_ONCE):
        content.update(images[part].numpy().tobytes())
    return [len(rows), content.hexdigest()]


def check_classes(labels: Tensor, names: list[str], where: str) -> None:
    """Raises UserError for fewer than two classes, or for one with too few pictures."""
    if len(names) < 2:
        raise UserError(f"{where} has one class; modes need at least two")
    counts = torch.bincount(labels, minlength=len(names)).tolist()
    for name, count in zip(names, counts, strict=True):
        if count < FEWEST:
            raise UserError(
                f"class {name!r} in {where} has {count} images; its classifier needs "
                f"at least {FEWEST}: add images or take the class away"
            )

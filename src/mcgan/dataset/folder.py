"""Labelled images; the classes are the modes, and a classifier trained on first use names them."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import torch
from torch import Generator, Tensor
from torchvision.datasets import ImageFolder
from torchvision.transforms import v2

from mcgan.config.settings import Above, AtLeast, Below
from mcgan.dataset.base import ModalDataset, Recognition
from mcgan.dataset.classifier import probabilities
from mcgan.dataset.spread import spread_of_pictures
from mcgan.dataset.trained_classifier import Judge, split_held_out, tell_change, train_once
from mcgan.errors import UserError
from mcgan.system.places import cache_folder

FEWEST = 20  # images per class: a fifth is held out to measure the classifier


@dataclass(eq=False)
class Folder(ModalDataset):
    """Images (channels, size, size) in [-1, 1] drawn from `root`/CLASS/*; all are held in memory.

    No classifier is known for them, so one is trained on four fifths of the images; its accuracy on
    the last fifth is a fact of every result, for modes are only as certain as that.
    """

    root: str
    size: Annotated[int, AtLeast(8)] = 32
    channels: Literal[3, 1] = 3
    confidence: Annotated[float, Above(0), Below(1)] = 0.9
    steps: Annotated[int, AtLeast(10)] = 1500

    def __post_init__(self) -> None:
        super().__post_init__()
        self.shape = (self.channels, self.size, self.size)

    def prepare(self) -> None:
        """Read the images, train or reload their classifier.

        Raises UserError: no such folder, fewer than two classes, too few images, an unreadable one.
        """
        folder = Path(self.root).expanduser()
        self.images, self.labels, self.classes = read(folder, self.channels, self.size)
        self.num_modes, self.mode_names = len(self.classes), tuple(self.classes)
        self.weights = torch.bincount(self.labels).double() / len(self.labels)
        self.spreads = spread_of_pictures(self.images, self.labels, self.num_modes)
        self.judge: Judge = self._kept() or self._own_judge()
        self.notes = tell_change(self.kept, self.judge, self._place())
        self.ceiling = self.judge.sure_share(self.confidence, self._held_out)

    def _kept(self) -> Judge | None:
        """The classifier that a run has kept, if it knows as many classes."""
        fits = self.kept is not None and self.kept.classes == self.num_modes
        return self.kept if fits else None

    def _own_judge(self) -> Judge:
        """The classifier of exactly these images, from the cache or trained now."""
        return train_once(self._place(), self.images.float() / 127.5 - 1, self.labels, self.steps)

    def _place(self) -> Path:
        """Where the cache has the classifier of exactly these images."""
        settings = f"{self.shape} {self.steps} {self.labels.tolist()}"
        content = settings.encode() + self.images.numpy().tobytes()
        name = hashlib.sha256(content).hexdigest()
        return cache_folder() / "classifiers" / f"{name}.pt"

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

    def facts(self) -> dict[str, Any]:
        """The classes and their classifier: held-out accuracy, sha256 of its weights."""
        return {**self.judge.facts, "classes": self.classes, "images": len(self.images)}


def read(folder: Path, channels: int, size: int) -> tuple[Tensor, Tensor, list[str]]:
    """All images (n, channels, size, size) uint8, labels (n,), class names."""
    square = [v2.Resize(size), v2.CenterCrop(size), v2.PILToTensor()]
    view = v2.Compose([v2.Grayscale(channels) if channels == 1 else v2.Identity(), *square])
    try:
        found = ImageFolder(folder, view)
        check(folder, found)
        images = torch.stack([image for image, _ in found])
    except OSError as error:
        raise UserError(f"cannot read labelled images in dataset.root={folder}: {error}") from error
    return images, torch.tensor(found.targets), found.classes


def check(folder: Path, found: ImageFolder) -> None:
    if len(found.classes) < 2:
        raise UserError(f"dataset.root={folder} has one class folder; modes need at least two")
    counts = torch.bincount(torch.tensor(found.targets)).tolist()
    for name, count in zip(found.classes, counts, strict=True):
        if count < FEWEST:
            raise UserError(
                f"class {name!r} in dataset.root={folder} has {count} images; its classifier needs "
                f"at least {FEWEST}: add images or take the folder away"
            )

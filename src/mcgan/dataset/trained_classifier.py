"""A trained classifier with what is known of it, kept in one file."""

import contextlib
import hashlib
import io
import logging
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Generator, Tensor, nn

from mcgan.dataset.classifier import (
    BytePictures,
    Pictures,
    accuracy,
    classifier,
    fit,
    probabilities,
)
from mcgan.system import archive, atomic

log = logging.getLogger(__name__)

SURE = 0.9  # the largest class probability that counts as sure
DAMAGED = (OSError, KeyError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError)


class Judge(NamedTuple):
    """Names the class of an image; measured on images that it was not trained on."""

    net: nn.Module  # in evaluation mode: (B, C, H, W) in [-1, 1] -> logits (B, K)
    accuracy: float
    confident: float  # share of images with a class of probability 0.9 or more
    classes: int
    content: bytes  # of its file

    @property
    def sha256(self) -> str:
        """The SHA-256 of the classifier's file."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def mark(self) -> str:
        """What sentences call it: the beginning of its sha256, and how often it is right."""
        return f"{self.sha256[:8]}, {self.accuracy:.1%} right".replace("%", " %")

    def sure_share(self, confidence: float, held_out: Callable[[], Pictures]) -> float:
        """Share of held-out images that have a class of at least that probability: the ceiling.

        It is stored for a confidence of 0.9; for another one the images are asked for and measured.
        """
        if confidence == SURE:
            return self.confident
        certainty = probabilities(self.net, held_out()).amax(1)
        return (certainty >= confidence).double().mean().item()

    @property
    def facts(self) -> dict[str, Any]:
        """What a result stores of the classifier: its measured accuracy and its checksum."""
        return {"classifier_accuracy": self.accuracy, "classifier_sha256": self.sha256}


def train(
    path: Path, train: tuple[Pictures, Tensor], held_out: tuple[Pictures, Tensor], steps: int,
    seed: int,
) -> None:  # fmt: skip
    """Train a classifier on images (n, C, H, W) and labels (n,), measure it, write it to `path`.

    The global random state is left as it was. Weights are kept as float16, half the file.
    """
    channels, classes = train[0].shape[1], int(train[1].max()) + 1
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = classifier(channels, classes)
        fit(net, *train, steps, seed)
    net.half().float()
    certainty = probabilities(net, held_out[0]).amax(1)
    content = {
        "weights": {name: value.half() for name, value in net.state_dict().items()},
        "channels": channels,
        "classes": classes,
        "accuracy": accuracy(net, *held_out),
        "confident": (certainty >= SURE).double().mean().item(),
    }
    write(path, content)


def write(path: Path, content: dict[str, Any]) -> None:
    """Writes a classifier's file whole or not at all. Raises UserError if it cannot."""
    packed = io.BytesIO()
    torch.save(content, packed)
    with atomic.disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    atomic.write_bytes(path, packed.getvalue())


def load(path: Path) -> Judge:
    """The classifier in a file that `train` wrote. Raises one of DAMAGED where it is none."""
    return unpack(path.read_bytes())


def unpack(content: bytes) -> Judge:
    """The classifier in the bytes of such a file. Raises one of DAMAGED where it is none."""
    if fault := archive.find_fault(content):
        raise ValueError(fault)
    saved = torch.load(io.BytesIO(content), weights_only=True)
    with torch.random.fork_rng(devices=[]):  # a first guess nobody needs must not move other draws
        net = classifier(saved["channels"], saved["classes"])
    net.load_state_dict(saved["weights"])
    net.eval().requires_grad_(False)
    return Judge(net, saved["accuracy"], saved["confident"], saved["classes"], content)


def train_once(path: Path, images: Tensor, labels: Tensor, steps: int) -> Judge:
    """The classifier at `path` of images (n, C, H, W) uint8.

    Where there is none, or a damaged one, it is trained now, a fifth of the images held out.
    """
    with contextlib.suppress(*DAMAGED):
        return load(path)
    log.info(
        "training a classifier of the %d images, which will name modes; it is kept", len(images)
    )
    held, kept = (
        (BytePictures(images, rows), labels[rows]) for rows in split_held_out(len(images))
    )
    train(path, kept, held, steps, seed=0)
    return load(path)


def tell_change(kept: Judge | None, used: Judge, path: Path) -> tuple[str, ...]:
    """A sentence where a run has kept a classifier, and the file at `path` is another one."""
    if kept is None:
        return ()
    if used.sha256 != kept.sha256:
        return (
            f"the classifier that the run has kept ({kept.mark}) knows {kept.classes} classes, "
            f"and the data have {used.classes}: another one ({used.mark}) names the modes, and "
            "scores are not comparable with earlier ones",
        )
    with contextlib.suppress(*DAMAGED):
        usual = load(path)
        if usual.sha256 != kept.sha256:
            return (
                f"modes are named by the classifier that the run has kept ({kept.mark}); new "
                f"runs have another one ({usual.mark})",
            )
    return ()


def split_held_out(count: int) -> tuple[Tensor, Tensor]:
    """Rows of a fifth of so many images, which are held out, and of the rest; always the same."""
    order = torch.randperm(count, generator=Generator().manual_seed(0))
    return order[: count // 5], order[count // 5 :]

"""A trained classifier with what is known of it, kept in one file."""

import contextlib
import hashlib
import io
import os
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

SURE = 0.9  # the largest class probability that counts as sure
DAMAGED = (OSError, KeyError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError)


class Judge(NamedTuple):
    """Names the class of an image; measured on images that it was not trained on."""

    net: nn.Module  # in evaluation mode: (B, C, H, W) in [-1, 1] -> logits (B, K)
    accuracy: float
    confident: float  # share of images with a class of probability 0.9 or more
    sha256: str  # of the file

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
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    torch.save(content, temporary)
    os.replace(temporary, path)


def load(path: Path) -> Judge:
    """The classifier in a file that `train` wrote."""
    content = path.read_bytes()
    saved = torch.load(io.BytesIO(content), weights_only=True)
    with torch.random.fork_rng(devices=[]):  # a first guess nobody needs must not move other draws
        net = classifier(saved["channels"], saved["classes"])
    net.load_state_dict(saved["weights"])
    net.eval().requires_grad_(False)
    return Judge(net, saved["accuracy"], saved["confident"], hashlib.sha256(content).hexdigest())


def train_once(path: Path, images: Tensor, labels: Tensor, steps: int) -> Judge:
    """The classifier at `path` of images (n, C, H, W) uint8.

    Where there is none, or a damaged one, it is trained now, a fifth of the images held out.
    """
    with contextlib.suppress(*DAMAGED):
        return load(path)
    held, kept = ((BytePictures(images, rows), labels[rows])
                  for rows in split_held_out(len(images)))
    train(path, kept, held, steps, seed=0)
    return load(path)


def split_held_out(count: int) -> tuple[Tensor, Tensor]:
    """Rows of a fifth of so many images, which are held out, and of the rest; always the same."""
    order = torch.randperm(count, generator=Generator().manual_seed(0))
    return order[: count // 5], order[count // 5 :]

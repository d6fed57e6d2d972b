"""Stacked MNIST: three digits as the channels of one image, 1000 modes (Metz et al. 2017)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import torch
from torch import Generator, Tensor
from torch.nn import functional as F
from torchvision.datasets import MNIST

from mcgan.config.settings import Above, AtLeast, AtMost, Below
from mcgan.dataset import digits
from mcgan.dataset.base import ModalDataset, Recognition
from mcgan.dataset.classifier import probabilities
from mcgan.dataset.spread import spread_of_pictures
from mcgan.dataset.trained_classifier import Judge, tell_change
from mcgan.errors import UserError
from mcgan.system.places import data_folder

SPLITS = ("train", "test")


@dataclass(eq=False)
class StackedMNIST(ModalDataset):
    """Images (3, size, size) in [-1, 1]; digits a, b, c in the channels are mode 100 a + 10 b + c.

    A fresh triple of digits for each example, or one of `fixed_size` triples drawn once. True
    weights are products of the split's digit frequencies, as the digits are not quite balanced.
    """

    root: str | None = None
    download: bool = False
    split: Literal["train", "test"] = "train"
    size: Literal[28, 32] = 28
    fixed_size: Annotated[int, AtLeast(1), AtMost(10_000_000)] | None = None
    fixed_seed: int = 0
    confidence: Annotated[float, Above(0), Below(1)] = 0.9

    def __post_init__(self) -> None:
        super().__post_init__()
        self.shape = (3, self.size, self.size)
        self.num_modes = 1000
        self.factors = ("red digit", "green digit", "blue digit")

    def prepare(self) -> None:
        """Read the digits. Raises UserError where files are missing, damaged or out of reach."""
        mnist = read(data_folder(self.root), self.split == "train", self.download)
        self.digits = F.pad(mnist.data, [(self.size - 28) // 2] * 4)  # (N, size, size) uint8
        self.labels = mnist.targets
        share = torch.bincount(self.labels, minlength=10).double() / len(self.labels)
        self.weights = torch.einsum("a,b,c->abc", share, share, share).flatten()
        self.fixed = self._draw_fixed_triples()
        single = spread_of_pictures(self.digits, self.labels, 10).square()
        self.spreads = (single[:, None, None] + single[:, None] + single).flatten().sqrt()
        self.judge: Judge = self.kept or digits.load()
        self.notes = tell_change(self.kept, self.judge, digits.WEIGHTS)
        self.ceiling = self.judge.sure_share(self.confidence, self._held_out) ** 3

    def _held_out(self) -> Tensor:
        """MNIST's test images, which the classifier was not trained on."""
        return digits.pixels(read(data_folder(self.root), False, self.download).data)

    def _draw_fixed_triples(self) -> Tensor | None:
        if self.fixed_size is None:
            return None
        return self._triples(self.fixed_size, Generator().manual_seed(self.fixed_seed))

    def _triples(self, n: int, generator: Generator) -> Tensor:
        return torch.randint(len(self.digits), (n, 3), generator=generator)

    def draw(self, n: int, generator: Generator) -> Tensor:
        if self.fixed is None:
            rows = self._triples(n, generator)
        else:
            rows = self.fixed[torch.randint(len(self.fixed), (n,), generator=generator)]
        return self.digits[rows].float() / 127.5 - 1

    def recognise(self, x: Tensor) -> Recognition:
        """The three digits the classifier sees; good where it is sure of all three.

        The distance is 1 - the smallest of the three largest class probabilities.
        """
        margin = (self.size - 28) // 2
        single = F.pad(x.cpu().float(), [-margin] * 4).reshape(-1, 1, 28, 28)
        certainty, digit = probabilities(self.judge.net, single).view(-1, 3, 10).max(2)
        surest = certainty.amin(1)
        mode = digit @ torch.tensor([100, 10, 1])
        return Recognition(mode, surest >= self.confidence, 1 - surest)

    def facts(self) -> dict[str, Any]:
        """The split, and the classifier on which the mode count hangs: test accuracy, sha256."""
        return {**self.judge.facts, "split": self.split, "fixed_size": self.fixed_size}


def read(folder: Path, train: bool, download: bool) -> MNIST:
    """torchvision's MNIST, its files under `folder`/MNIST/raw; UserError where that fails."""
    try:
        mnist = MNIST(folder, train=train, download=download)
    except RuntimeError as error:
        raise UserError(missing(folder, download)) from error
    except (OSError, ValueError, AssertionError) as error:
        problem = f"cannot read MNIST in {folder}: {error}; delete the damaged files"
        raise UserError(problem) from error
    if mnist.data.shape[1:] != (28, 28) or len(mnist.data) != len(mnist.targets):
        raise UserError(f"MNIST in {folder} is damaged: its images are {tuple(mnist.data.shape)}")
    return mnist


def missing(folder: Path, download: bool) -> str:
    if download:
        return f"could not download MNIST to {folder}; check the connection, or put the files there"
    return (
        f"no MNIST files in {folder / 'MNIST' / 'raw'}; add dataset.download=true to fetch them, "
        "or name the folder that has them with dataset.root=... or MCGAN_DATA"
    )

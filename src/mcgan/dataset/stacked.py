"""Three grey pictures as the channels of one image: 1000 modes (Metz et al. 2017)."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from mcgan.config.settings import Above, AtLeast, AtMost, Below
from mcgan.dataset import shipped_classifiers
from mcgan.dataset.base import ModalDataset, Recognition
from mcgan.dataset.classifier import probabilities
from mcgan.dataset.data_mark import digest
from mcgan.dataset.idx_files import Source, pixels, read
from mcgan.dataset.on_device import draw_rows, take_rows
from mcgan.dataset.spread import spread_of_pictures
from mcgan.dataset.trained_classifier import Judge, tell_change


@dataclass(eq=False)
class StackedPictures(ModalDataset):
    """Images (3, size, size) in [-1, 1]; classes a, b, c in the channels are mode 100 a + 10 b + c.

    A fresh triple of pictures for each example, or one of `fixed_size` triples drawn once. True
    weights are products of the split's class frequencies. A subclass names the `source`.
    """

    source: ClassVar[Source]

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

    def prepare(self) -> None:
        """Read the pictures. Raises UserError where files are missing, damaged or out of reach."""
        images, self.labels = self._read(self.split == "train")
        self.single = F.pad(images, [(self.size - 28) // 2] * 4)  # (N, size, size) uint8
        share = torch.bincount(self.labels, minlength=10).double() / len(self.labels)
        self.weights = torch.einsum("a,b,c->abc", share, share, share).flatten()
        self.fixed = self._draw_fixed_triples()
        squares = spread_of_pictures(self.single, self.labels, 10).square()
        self.spreads = (squares[:, None, None] + squares[:, None] + squares).flatten().sqrt()
        self.judge: Judge = self.kept or shipped_classifiers.load(self.source.name)
        place = shipped_classifiers.WEIGHTS[self.source.name]
        self.notes = tell_change(self.kept, self.judge, place)
        self.ceiling = self.judge.sure_share(self.confidence, self._held_out) ** 3

    def _read(self, train: bool) -> tuple[Tensor, Tensor]:
        return read(self.source, self.root, train, self.download)

    def _held_out(self) -> Tensor:
        """The test images, which the classifier was not trained on."""
        return pixels(self._read(False)[0])

    def _draw_fixed_triples(self) -> Tensor | None:
        if self.fixed_size is None:
            return None
        return self._triples(self.fixed_size, Generator().manual_seed(self.fixed_seed))

    def _triples(self, n: int, generator: Generator) -> Tensor:
        size, place = (n, 3), generator.device
        return torch.randint(len(self.single), size, generator=generator, device=place)

    def draw(self, n: int, generator: Generator) -> Tensor:
        if self.fixed is None:
            rows = self._triples(n, generator)
        else:
            rows = draw_rows(self.fixed, n, generator)
        return take_rows(self.single, rows).float() / 127.5 - 1

    drawn_from = ("single", "fixed")

    def recognise(self, x: Tensor) -> Recognition:
        """The three classes the classifier sees; good where it is sure of all three.

        The distance is 1 - the smallest of the three largest class probabilities.
        """
        margin = (self.size - 28) // 2
        single = F.pad(x.cpu().float(), [-margin] * 4).reshape(-1, 1, 28, 28)
        certainty, label = probabilities(self.judge.net, single).view(-1, 3, 10).max(2)
        surest = certainty.amin(1)
        mode = label @ torch.tensor([100, 10, 1])
        return Recognition(mode, surest >= self.confidence, 1 - surest)

    def fingerprint(self) -> dict[str, list[Any]]:
        """The digest of each class's pictures, by which other data are noticed."""
        return {
            name: digest(self.single[self.labels == number])
            for number, name in enumerate(self.source.classes)
        }

    def facts(self) -> dict[str, Any]:
        """The split, and the classifier on which the mode count hangs: test accuracy, sha256."""
        return {**self.judge.facts, "split": self.split, "fixed_size": self.fixed_size}

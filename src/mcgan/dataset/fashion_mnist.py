"""Fashion-MNIST: grey pictures of ten kinds of clothes (Xiao, Rasul, Vollgraf 2017)."""

from dataclasses import dataclass
from typing import Annotated, Literal

from torch import Tensor
from torch.nn import functional as F

from mcgan.config.settings import Above, Below
from mcgan.dataset import shipped_classifiers
from mcgan.dataset.base import Recognition
from mcgan.dataset.idx_files import FASHION, pixels, read
from mcgan.dataset.stored_pictures import StoredPictures


@dataclass(eq=False)
class FashionMNIST(StoredPictures):
    """Pictures (1, size, size) in [-1, 1]; the modes are the ten classes."""

    root: str | None = None
    download: bool = False
    split: Literal["train", "test"] = "train"
    size: Literal[28, 32] = 28
    confidence: Annotated[float, Above(0), Below(1)] = 0.9

    def __post_init__(self) -> None:
        super().__post_init__()
        self.margin = (self.size - 28) // 2

    def prepare(self) -> None:
        """Read the pictures. Raises UserError where files are missing, damaged or out of reach."""
        images, labels = read(FASHION, self.root, self.split == "train", self.download)
        padded = F.pad(images, [self.margin] * 4)[:, None]
        judge = self.kept or shipped_classifiers.load(FASHION.name)
        self.settle_named(
            padded,
            labels,
            [*FASHION.classes],
            self.confidence,
            judge,
            shipped_classifiers.WEIGHTS[FASHION.name],
            self._held_out,
        )

    def _held_out(self) -> Tensor:
        """The test images, which the classifier was not trained on."""
        return pixels(read(FASHION, self.root, False, self.download)[0])

    def recognise(self, x: Tensor) -> Recognition:
        """The class of the middle 28x28 pixels; the distance is 1 - its probability."""
        return super().recognise(F.pad(x, [-self.margin] * 4))

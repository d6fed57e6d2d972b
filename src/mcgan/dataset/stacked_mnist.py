"""Stacked MNIST: three digits as the channels of one image, 1000 modes (Metz et al. 2017)."""

from dataclasses import dataclass

from mcgan.dataset import idx_files
from mcgan.dataset.stacked import StackedPictures


@dataclass(eq=False)
class StackedMNIST(StackedPictures):
    """Digits a, b, c in the channels are mode 100 a + 10 b + c."""

    source = idx_files.MNIST
    factors = ("red digit", "green digit", "blue digit")

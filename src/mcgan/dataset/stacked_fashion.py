"""Stacked Fashion-MNIST: three pictures of clothes as the channels of one image, 1000 modes.

Built as Stacked MNIST (Metz et al. 2017) of the pictures of Xiao, Rasul, Vollgraf 2017.
"""

from dataclasses import dataclass

from mcgan.dataset import idx_files
from mcgan.dataset.stacked import StackedPictures


@dataclass(eq=False)
class StackedFashion(StackedPictures):
    """Classes a, b, c in the channels, as `facts` orders them, are mode 100 a + 10 b + c."""

    source = idx_files.FASHION
    factors = ("red garment", "green garment", "blue garment")

"""CIFAR-10: colour pictures of 10 kinds of things (Krizhevsky 2009)."""

from dataclasses import dataclass

from mcgan.dataset import cifar


@dataclass(eq=False)
class CIFAR10(cifar.Cifar):
    """The 10 classes are the modes."""

    source = cifar.TEN

"""CIFAR-100: colour pictures of 100 kinds of things (Krizhevsky 2009)."""

from dataclasses import dataclass

from mcgan.dataset import cifar


@dataclass(eq=False)
class CIFAR100(cifar.Cifar):
    """The 100 classes are the modes."""

    source = cifar.HUNDRED

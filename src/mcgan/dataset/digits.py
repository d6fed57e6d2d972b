"""The digit classifier that the package ships, trained by scripts/train_digits.py."""

from functools import cache
from pathlib import Path

from torch import Tensor

from mcgan.dataset import trained_classifier

WEIGHTS = Path(__file__).with_name("digits.pt")


@cache
def load() -> trained_classifier.Judge:
    """(B, 1, 28, 28) in [-1, 1] -> logits (B, 10), trained on the MNIST training images."""
    return trained_classifier.load(WEIGHTS)


def pixels(images: Tensor) -> Tensor:
    """Grey values (n, H, W) uint8 -> (n, 1, H, W) float32 in [-1, 1]."""
    return images[:, None].float() / 127.5 - 1

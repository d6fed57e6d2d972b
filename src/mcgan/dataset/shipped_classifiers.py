"""The classifiers that the package ships, trained by scripts/train_classifier.py."""

from functools import cache
from pathlib import Path

from mcgan.dataset import trained_classifier

HERE = Path(__file__).parent
WEIGHTS = {"MNIST": HERE / "mnist.pt", "FashionMNIST": HERE / "fashion_mnist.pt"}


@cache
def load(name: str) -> trained_classifier.Judge:
    """(B, 1, 28, 28) in [-1, 1] -> logits (B, 10), trained on the 60,000 training images."""
    return trained_classifier.load(WEIGHTS[name])

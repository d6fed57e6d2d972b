"""Train the digit classifier that the package ships.

    MCGAN_DATA=... python scripts/train_digits.py

About ten minutes on one core; trained on the 60,000 training images of MNIST alone, measured on the
10,000 test images.
"""

import argparse
from pathlib import Path

from torch import Tensor

from mcgan.dataset import trained_classifier
from mcgan.dataset.digits import WEIGHTS, pixels
from mcgan.dataset.stacked_mnist import read
from mcgan.system.places import data_folder


def digits(train: bool) -> tuple[Tensor, Tensor]:
    mnist = read(data_folder(None), train, download=False)
    return pixels(mnist.data), mnist.targets


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    trained_classifier.train(options.out, digits(True), digits(False), options.steps, options.seed)
    trained = trained_classifier.load(options.out)
    print(f"test images: {trained.accuracy:.2%} right, {trained.confident:.2%} with confidence")
    print(f"{options.out}: {options.out.stat().st_size} bytes, sha256 {trained.sha256}")


if __name__ == "__main__":
    main()

"""Train a classifier that the package ships: of MNIST or of Fashion-MNIST.

    MCGAN_DATA=... python scripts/train_classifier.py FashionMNIST

About ten minutes on one core; trained on the 60,000 training images alone, measured on the 10,000
test images.
"""

import argparse
from pathlib import Path

from torch import Tensor

from mcgan.dataset import idx_files, trained_classifier
from mcgan.dataset.shipped_classifiers import WEIGHTS

SOURCES = {source.name: source for source in (idx_files.MNIST, idx_files.FASHION)}


def read(source: idx_files.Source, train: bool) -> tuple[Tensor, Tensor]:
    images, labels = idx_files.read(source, None, train, download=False)
    return idx_files.pixels(images), labels


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="?", default="MNIST", choices=SOURCES)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    source, out = SOURCES[options.data], options.out or WEIGHTS[options.data]
    trained_classifier.train(
        out, read(source, True), read(source, False), options.steps, options.seed
    )
    trained = trained_classifier.load(out)
    print(f"test images: {trained.accuracy:.2%} right, {trained.confident:.2%} with confidence")
    print(f"{out}: {out.stat().st_size} bytes, sha256 {trained.sha256}")


if __name__ == "__main__":
    main()

"""Tiny files in the formats of public data sets, for tests that download nothing."""

import gzip
import struct
from pathlib import Path

import numpy as np


def write_idx(
    folder: Path, n: int = 40, zipped: bool = False, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Both splits of n pictures, 28x28, of ten classes, as IDX files; the training split."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    labels = np.arange(n, dtype=np.uint8) % 10
    images = random.integers(0, 256, (n, 28, 28), dtype=np.uint8)
    for split in ("train", "t10k"):
        for name, array in ((f"{split}-images-idx3-ubyte", images),
                            (f"{split}-labels-idx1-ubyte", labels)):
            head = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}i", *array.shape)
            content = head + array.tobytes()
            file = folder / (name + ".gz" * zipped)
            file.write_bytes(gzip.compress(content) if zipped else content)
    return images, labels

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
        for name, array in (
            (f"{split}-images-idx3-ubyte", images),
            (f"{split}-labels-idx1-ubyte", labels),
        ):
            head = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}i", *array.shape)
            content = head + array.tobytes()
            file = folder / (name + ".gz" * zipped)
            file.write_bytes(gzip.compress(content) if zipped else content)
    return images, labels


def paint_blocks(n: int, colours: int = 3, side: int = 8, seed: int = 0) -> np.ndarray:
    """Pictures (n, side, side, 3) uint8 of one bright block each, a little noisy; the last axis is
    colour. Block and colour are those of the picture's number, modulo `colours`."""
    random = np.random.default_rng(seed)
    x = random.integers(0, 40, (n, side, side, 3))
    half = side // 2
    for number in range(n):
        kind = number % colours
        row, column = half * (kind // 2 % 2), half * (kind % 2)
        x[number, row : row + half, column : column + half, kind % 3] += 180
    return x.astype(np.uint8)


def write_cifar(folder: Path, hundred: bool = False, n: int = 40) -> np.ndarray:
    """The files of CIFAR as Python 2 pickled them, with n pictures in each; all for training."""
    place = folder / ("cifar-100-python" if hundred else "cifar-10-batches-py")
    place.mkdir(parents=True)
    classes = 2
    label, names = ("fine_labels", "fine_label_names") if hundred else ("labels", "label_names")
    meta = {names: [f"kind {i}" for i in range(classes)]}
    train = ["train"] if hundred else [f"data_batch_{i}" for i in range(1, 6)]
    (place / ("meta" if hundred else "batches.meta")).write_bytes(pickle_old(meta))
    pictures = []
    for number, name in enumerate([*train, "test" if hundred else "test_batch"]):
        blocks = paint_blocks(n, classes, 32, number).transpose(0, 3, 1, 2).reshape(n, 3072)
        pictures.append(blocks)
        content = {"data": np.ascontiguousarray(blocks), label: [i % classes for i in range(n)]}
        (place / name).write_bytes(pickle_old(content))
    return np.concatenate(pictures[:-1])


def pickle_old(content: dict) -> bytes:
    """A table of lists and arrays as Python 2 wrote it: texts are bytes, protocol 2."""
    return b"\x80\x02" + old_value(content) + b"."


def old_value(value: object) -> bytes:
    if isinstance(value, np.ndarray):
        return old_array(value)
    if isinstance(value, dict):
        pairs = b"".join(old_value(key) + old_value(each) for key, each in value.items())
        return b"}(" + pairs + b"u"
    if isinstance(value, list):
        return b"](" + b"".join(map(old_value, value)) + b"e"
    if isinstance(value, int):
        return b"J" + struct.pack("<i", value)
    text = value if isinstance(value, bytes) else str(value).encode("latin1")
    return b"T" + struct.pack("<i", len(text)) + text


def old_array(x: np.ndarray) -> bytes:
    """numpy.core.multiarray._reconstruct(ndarray, (0,), 'b') and its state."""
    empty = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n" + old_value(0) + b"\x85"
    empty += old_value(b"b") + b"\x87R"
    kind = b"cnumpy\ndtype\n" + old_value(b"u1") + old_value(0) + old_value(1) + b"\x87R"
    kind += b"(" + old_value(3) + old_value(b"|") + b"NNN" + 2 * old_value(-1) + old_value(0)
    kind += b"tb"
    shape = b"(" + b"".join(map(old_value, x.shape)) + b"t"
    state = b"(" + old_value(1) + shape + kind + b"\x89" + old_value(x.tobytes()) + b"t"
    return empty + state + b"b"

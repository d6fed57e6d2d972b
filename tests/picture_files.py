"""Picture files as real people have them, written byte by byte where Pillow cannot write them."""

import struct
import zlib
from pathlib import Path

import numpy as np

GREY = np.random.default_rng(1).integers(0, 144, (24, 30)).astype(np.uint8)  # 71.4 on average


def write_png(path: Path, values: np.ndarray, colour: int, extra: bytes = b"") -> Path:
    """A PNG of 16 bits a value; ``colour`` is its colour type, ``extra`` are chunks of its own."""
    height, width = values.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    head = struct.pack(">IIBBBBB", width, height, 16, colour, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + extra
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
    return path


def chunk(name: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
    )


def write_tiff(path: Path, values: np.ndarray, bits: int, white_is_zero: bool = False) -> Path:
    """A grey TIFF of so many bits a value, packed where these are no whole bytes."""
    height, width = values.shape
    text = "".join(f"{value:0{bits}b}" for row in values.tolist() for value in row)
    packed = int(text, 2).to_bytes(len(text) // 8, "big")
    content = values.astype("<u2").tobytes() if bits == 16 else packed
    tags = [
        (256, width),
        (257, height),
        (258, bits),
        (259, 1),
        (262, int(not white_is_zero)),
        (273, 8),
        (277, 1),
        (278, height),
        (279, len(content)),
    ]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    path.write_bytes(
        struct.pack("<2sHI", b"II", 42, 8 + len(content))
        + content
        + struct.pack("<H", len(tags))
        + entries
        + struct.pack("<I", 0)
    )
    return path

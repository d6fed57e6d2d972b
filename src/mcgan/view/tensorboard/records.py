"""Records of an event file: each bears the CRC-32C of its length and of its content.

TensorBoard's own function goes byte by byte in Python: 29 ms for a picture of 386 kB.
"""

import struct
from typing import BinaryIO

import google_crc32c

ALL = 0xFFFFFFFF


def write_record(file: BinaryIO, data: bytes) -> None:
    """Writes one record in one piece, as TensorFlow's files have them."""
    length = struct.pack("<Q", len(data))
    sums = [struct.pack("<I", mask(google_crc32c.value(text))) for text in (length, data)]
    file.write(length + sums[0] + data + sums[1])


def mask(crc: int) -> int:
    """A sum as records bear it, so that the sum of what holds sums is no weaker."""
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & ALL

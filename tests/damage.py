"""Bytes as disks and people leave them."""

from random import Random

PAGE = 4096


def flip(data: bytearray, at: int, draw: Random) -> None:
    data[at] ^= 1 << draw.randrange(8)


def cut(data: bytearray, at: int, draw: Random) -> None:
    del data[at:]


def blank_tail(data: bytearray, at: int, draw: Random) -> None:
    data[at:] = bytes(len(data) - at)


def blank_page(data: bytearray, at: int, draw: Random) -> None:
    data[at : at + PAGE] = bytes(len(data[at : at + PAGE]))


def scramble(data: bytearray, at: int, draw: Random) -> None:
    data[at : at + 64] = draw.randbytes(len(data[at : at + 64]))


def append(data: bytearray, at: int, draw: Random) -> None:
    data += draw.randbytes(1 + at)


def swap(data: bytearray, at: int, draw: Random) -> None:
    """Two pieces change places."""
    size = min(64, len(data) // 2)
    one, two = sorted((draw.randrange(len(data) - size), min(at, len(data) - size)))
    data[one : one + size], data[two : two + size] = data[two : two + size], data[one : one + size]


def repeat(data: bytearray, at: int, draw: Random) -> None:
    """A piece is there twice."""
    data[at:at] = data[at : at + 64]


DAMAGES = [flip, cut, blank_tail, blank_page, scramble, append, swap, repeat]


def damage(whole: bytes, draw: Random, kind: int) -> bytes:
    """The bytes damaged in one of the ways; other bytes than before."""
    data = bytearray(whole)
    while data == whole:
        DAMAGES[kind % len(DAMAGES)](data, draw.randrange(len(whole)), draw)
    return bytes(data)

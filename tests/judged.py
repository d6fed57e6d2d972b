"""Samples of known states that are judged once, for all tests of what is shown."""

from functools import cache

import numpy as np

import mcgan

SIDE = 8


def draw_ring(n: int, modes: int = 8, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Rows (n, 2) of the first modes of a ring of eight, and their modes (n,)."""
    random = np.random.default_rng(seed)
    mode = random.integers(modes, size=n)
    angle = 2 * np.pi * mode / 8
    middle = np.stack([np.cos(angle), np.sin(angle)], 1)
    return middle + 0.05 * random.normal(size=(n, 2)), mode


def draw_blocks(n: int, kinds: int = 4, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Grey pictures (n, 8, 8) of one bright quarter each, and which quarter it is (n,)."""
    random = np.random.default_rng(seed)
    kind = random.integers(kinds, size=n)
    x = random.integers(0, 60, (n, SIDE, SIDE))
    for number, (row, column) in enumerate(zip(kind // 2 * 4, kind % 2 * 4, strict=True)):
        x[number, row : row + 4, column : column + 4] += 150
    return x.astype(np.uint8), kind


@cache
def judged_ring() -> "mcgan.JudgedSamples":
    """Five modes of eight, with classes called a to h; of 700 real rows 600 are taken."""
    rows, mode = draw_ring(700)
    return mcgan.judge(
        draw_ring(400, 5, seed=1)[0],
        rows,
        labels=[*np.array([*"abcdefgh"])[mode]],
        n=600,
        progress=False,
    )


@cache
def judged_blocks() -> "mcgan.JudgedSamples":
    """Three of four kinds of pictures, with held-out real ones and some copies of training ones."""
    real, other = draw_blocks(500)[0], draw_blocks(300, seed=2)[0]
    fakes = np.concatenate([draw_blocks(290, 3, seed=1)[0], real[:10]])
    return mcgan.judge(fakes, real, heldout=other, progress=False)

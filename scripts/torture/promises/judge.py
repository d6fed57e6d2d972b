"""A judge tells lost modes from real samples, and runs no code of the files that it is given.

Rings of six to nine modes lie in arrays, archives, tensors, tables and pictures. A generator that
lost a third of them or more ends with exit code 3, one that lost none with 0. Then a file is
damaged, or holds one of 60 gadgets under any suffix. It is judged all the same, or refused in a
line; an audit hook sees no file, process or connection. Most damaged files are read in this
process, some judged by a command.
"""

import io
import pickle
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from PIL import Image

from damage import damage
from mcgan.errors import UserError
from mcgan.judging.sources import read_samples
from torture.commands import GOOD, check_line, run
from torture.gadgets import GADGETS, Call
from torture.watch import watching

NUMBER, GOAL = "R21", 500
COUNT = 400  # real samples, and as many fakes
READ, SOMETIMES = 16, 8  # damaged files of a round; of how many one is judged
GIVEN = 3  # hostile files of a round
COLLAPSED = 3
Array = np.ndarray[Any, Any]


def tries(draw: Random, place: Path) -> Iterator[object]:
    random, form = np.random.default_rng(draw.getrandbits(32)), draw.choice([*FORMS])
    modes = draw.randint(6, 9)
    kept = draw.choice([modes, draw.randint(2, 2 * modes // 3)])
    files = [place / f"{name}{form}" for name in ("fakes", "real")]
    for file, each in zip(files, (kept, modes), strict=True):
        FORMS[form](file, ring(random, each, modes))
    words = ["judge", *(file.name for file in files)]
    ended = run(place, words)
    assert ended.code == (COLLAPSED if kept < modes else 0), (modes, kept, ended)
    yield form, kept, modes
    for number in range(READ if form else 1):
        file = draw.choice(files)
        one = draw.choice(sorted(file.iterdir())) if file.is_dir() else file
        whole = one.read_bytes()
        one.write_bytes(damage(whole, draw, number))
        check_reading(file)
        if number % SOMETIMES == 0:
            check(place, words)
        one.write_bytes(whole)
        yield form, number
    for _ in range(GIVEN):
        hostile = place / f"hostile{draw.choice(SUFFIXES)}"
        hostile.write_bytes(
            HOSTILE[draw.choice([*HOSTILE])](Call(*GADGETS[draw.choice([*GADGETS])]))
        )
        check(place, ["judge", *draw.sample([hostile.name, words[2]], 2)])
        yield hostile.name


def ring(random: np.random.Generator, kept: int, modes: int) -> Array:
    """Points of the first ``kept`` modes (n, 2)."""
    angle = 2 * np.pi * random.integers(kept, size=COUNT) / modes
    return np.stack([np.cos(angle), np.sin(angle)], 1) + 0.05 * random.normal(size=(COUNT, 2))


def check_reading(file: Path) -> None:
    """It is read or refused, in this process; nothing else is touched."""
    with watching(file.parent) as seen, suppress(UserError):
        read_samples(file)
    assert not seen, seen


def check(place: Path, words: list[str]) -> None:
    ended = run(place, words)
    if ended.code not in GOOD:
        check_line(words, ended)


def as_pictures(folder: Path, points: Array) -> None:
    """A point is a spot on a small picture."""
    folder.mkdir()
    grid = np.linspace(-1.3, 1.3, 8)
    for number, (x, y) in enumerate(points):
        spot = np.exp(-((grid[None] - x) ** 2 + (grid[:, None] - y) ** 2) / 0.1)
        Image.fromarray((255 * spot).astype(np.uint8)).save(folder / f"{number}.png")


def as_parquet(file: Path, points: Array) -> None:
    import pandas

    pandas.DataFrame(points, columns=["x", "y"]).to_parquet(file)


def in_torch(value: Any, **how: Any) -> bytes:
    file = io.BytesIO()
    torch.save(value, file, **how)
    return file.getvalue()


def in_numpy(save: Callable[..., None], value: Any) -> bytes:
    file = io.BytesIO()
    save(file, np.array([value], dtype=object))
    return file.getvalue()


FORMS: dict[str, Callable[[Path, Array], object]] = {
    ".npy": np.save,
    ".npz": np.savez,
    ".pt": lambda file, points: torch.save(torch.as_tensor(points), file),
    ".csv": lambda file, points: np.savetxt(file, points, delimiter=","),
    ".parquet": as_parquet,
    "": as_pictures,
}
SUFFIXES = [*filter(None, FORMS), ".pth", ".png", ".json"]
HOSTILE: dict[str, Callable[[Call], bytes]] = {
    "pickle": pickle.dumps,
    "tensor": in_torch,
    "mapping": lambda call: in_torch({"x": call, "y": torch.ones(3, 2)}),
    "older": lambda call: in_torch(call, _use_new_zipfile_serialization=False),
    "array": lambda call: in_numpy(np.save, call),
    "archive": lambda call: in_numpy(np.savez, call),
}

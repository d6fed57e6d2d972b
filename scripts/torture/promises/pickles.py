"""Loading a checkpoint runs no code and takes bounded memory, whoever wrote the file.

Pickles of 60 gadgets (shells, eval, files, sockets, imports, huge objects) at ten places: in a
well-formed archive with a good checksum, as the whole record, as step, as key, beside tensors, in
the older formats of torch, raw. An audit hook sees every file written, process and connection.
"""

import io
import pickle
import resource
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import torch

from mcgan.run import checkpoint
from torture.gadgets import GADGETS, Call
from torture.watch import watching

NUMBER, GOAL = "R10", 500
ROOM = 64 * 2**20  # bytes of memory, besides twice the file
Place = Callable[[Any], bytes]


def record(**parts: Any) -> bytes:
    """An archive as `checkpoint.save` writes it, but for some parts."""
    whole = {"format": checkpoint.FORMAT, "step": 1, "origin": "", "state": {}, **parts}
    return saved(whole)


def saved(value: Any, **how: Any) -> bytes:
    file = io.BytesIO()
    torch.save(value, file, **how)
    return file.getvalue()


def beside(value: Any) -> bytes:
    """A member of the archive that nobody asked for."""
    file = io.BytesIO(record(state={"w": torch.ones(3)}))
    with zipfile.ZipFile(file, "a") as archive, warnings.catch_warnings(action="ignore"):
        archive.writestr("archive/code/__torch__.py", pickle.dumps(value))
        archive.writestr("archive/data.pkl", pickle.dumps(value))
    return file.getvalue()


PLACES: dict[str, Place] = {
    "in the state": lambda each: record(state={"x": each}),
    "deep in the state": lambda each: record(state={"trainer": {"tensors": [{"G": each}]}}),
    "among tensors": lambda each: record(state={"a": torch.ones(2), "x": [each, torch.ones(2)]}),
    "as the step": lambda each: record(step=each),
    "as the format": lambda each: record(format=each),
    "as the origin": lambda each: record(origin=each),
    "as the whole record": lambda each: saved(each),
    "in torch's older format": lambda each: saved({"state": each},
                                                  _use_new_zipfile_serialization=False),
    "as a plain pickle": lambda each: pickle.dumps({"state": each}),
    "beside the record": beside,
}  # fmt: skip


def tries(draw: Random, place: Path) -> Iterator[object]:
    folder = place / "checkpoints"
    read(checkpoint.save(folder, 1, {"w": torch.ones(3)}))  # what is imported then, is now
    pairs = [(gadget, where) for gadget in GADGETS for where in PLACES]
    for gadget, where in draw.sample(pairs, len(pairs)):
        payload = PLACES[where](Call(*GADGETS[gadget]))
        file = folder / "step-00000001.pt"
        file.write_bytes(checkpoint.header(payload) + payload)
        before, limit = peak(), 2 * len(payload) + ROOM
        with watching() as seen:
            reason = read(file)
        assert reason, f"{gadget} {where}: it was loaded"
        assert not seen, f"{gadget} {where}: {seen}"
        assert peak() - before < limit, f"{gadget} {where}: {peak() - before:,} bytes"
        yield gadget, where


def read(file: Path) -> str:
    """Why the file is refused; nothing where it is taken."""
    try:
        checkpoint.read(file)
    except checkpoint.BadCheckpoint as reason:
        return str(reason)
    return ""


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

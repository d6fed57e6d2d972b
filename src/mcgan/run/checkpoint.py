"""Checkpoints: one file each, verified before it is parsed; the last two are kept.

A file is a header (length and sha256 of the rest) and `torch.save`'s bytes. torch checks no sums
when it reads: 93 % of single flipped bits in a file of its own load with silently wrong weights.
"""

import hashlib
import io
import logging
from collections.abc import Collection
from pathlib import Path
from typing import Any

from mcgan.errors import UserError
from mcgan.system import archive, atomic

log = logging.getLogger(__name__)

FORMAT = 1
MAGIC = b"mcgan checkpoint "
HEADER_SIZE = len(MAGIC) + 64 + len(b" %016d\n" % 0)
KEPT = 2
State = dict[str, Any]  # nested dicts and lists of tensors, ints, floats, bools, strings, None


class BadCheckpoint(Exception):
    """Why a file cannot be used."""


def save(folder: Path, step: int, state: State, origin: str = "") -> Path:
    """Writes `folder/step-00001000.pt` and drops all but the last two.

    `origin` marks the run the state belongs to. Raises UserError where the disk refuses; the
    checkpoints of before are then untouched.
    """
    with atomic.disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"step-{step:08d}.pt"
    atomic.write_bytes(path, pack(step, state, origin))
    for old in files(folder)[KEPT:]:
        old.unlink(missing_ok=True)
    return path


def load(folder: Path, origins: Collection[str] = ()) -> tuple[int, State]:
    """Step and state of the newest good checkpoint, tensors on the CPU.

    ``origins`` are the marks that checkpoints of this run may bear; none: any mark will do. A
    damaged or foreign file is skipped with a warning. Raises UserError when none is left.
    """
    found = files(folder)
    for path in found:
        try:
            return read(path, origins)
        except BadCheckpoint as reason:
            log.warning("skipping %s: %s", path, reason)
    problem = "none of its checkpoints can be used" if found else "there is no checkpoint"
    raise UserError(f"{folder}: {problem}; train anew under another name, or with resume=false")


def files(folder: Path) -> list[Path]:
    """The checkpoints there are, newest first."""
    return sorted(folder.glob("step-*.pt"), key=lambda path: (len(path.name), path.name))[::-1]


def pack(step: int, state: State, origin: str) -> bytes:
    """The bytes of a checkpoint's file: a header with length and checksum, then the state."""
    import torch

    payload = io.BytesIO()
    torch.save({"format": FORMAT, "step": step, "origin": origin, "state": state}, payload)
    return header(payload.getvalue()) + payload.getvalue()


def header(payload: bytes) -> bytes:
    """The first line of a file: mcgan's mark, the SHA-256 and the length of what follows."""
    digest = hashlib.sha256(payload).hexdigest().encode()
    return MAGIC + digest + b" %016d\n" % len(payload)


def read(path: Path, origins: Collection[str] = ()) -> tuple[int, State]:
    """Raises BadCheckpoint: empty, truncated, damaged, foreign or of an unknown format."""
    import torch

    payload = verify(path)
    fault = archive.find_fault(payload)
    if fault:
        raise BadCheckpoint(fault)
    try:
        record = torch.load(io.BytesIO(payload), map_location="cpu", weights_only=True)
    except Exception as error:  # torch names no type of its own for this
        raise BadCheckpoint(f"it cannot be read ({type(error).__name__})") from error
    return open_record(record, path, origins)


def verify(path: Path) -> bytes:
    """The content of a checkpoint's file. Raises BadCheckpoint if the file is damaged."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadCheckpoint(f"it cannot be opened ({error.strerror})") from error
    head, payload = data[:HEADER_SIZE], data[HEADER_SIZE:]
    if not data:
        raise BadCheckpoint("the file is empty")
    if not head.startswith(MAGIC):
        raise BadCheckpoint("it is not a checkpoint of mcgan, or its header is damaged")
    if head != header(payload):
        raise BadCheckpoint("its checksum does not match: it is truncated or damaged")
    return payload


def open_record(record: Any, path: Path, origins: Collection[str]) -> tuple[int, State]:
    """The step and state of a checkpoint.

    Raises BadCheckpoint if it is of another format, run or step. ``origins`` are the configurations
    that may have written it; none means any.
    """
    if not (isinstance(record, dict) and record.keys() == {"format", "step", "origin", "state"}):
        raise BadCheckpoint("it is not a checkpoint of mcgan")
    if not is_header(record):
        raise BadCheckpoint("its format, step or origin is not what mcgan writes")
    if record["format"] != FORMAT:
        raise BadCheckpoint(f"its format is {record['format']}, this mcgan reads {FORMAT}")
    if origins and record["origin"] and record["origin"] not in origins:
        raise BadCheckpoint("it belongs to a run with another configuration")
    if path.stem != f"step-{record['step']:08d}":
        raise BadCheckpoint(f"it holds step {record['step']}, not the one in its name")
    return record["step"], record["state"]


def is_header(record: State) -> bool:
    """Whether format, step and origin are of their kinds: others wrote the file, or a mistake."""
    kinds = [type(record[key]) for key in ("format", "step", "origin", "state")]
    return kinds == [int, int, str, dict]

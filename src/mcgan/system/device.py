"""The device and the threads that a process trains on."""

import logging
import multiprocessing
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch

from mcgan.errors import UserError
from mcgan.system import worker
from mcgan.system.memory import give_back_memory, keep_freed_memory

log = logging.getLogger(__name__)

EXTENSIONS = "torch.utils.cpp_extension"  # a logger that warns where there is no CUDA
THREADS = torch.get_num_threads()  # torch's own choice, before any run asked for another


def set_up(train: Mapping[str, Any], threads: int | None = None) -> None:
    """The process for a run: on ``threads`` where the settings of ``train`` leave them open."""
    share = max(1, THREADS // train.get("devices", 1))  # each is a process
    torch.set_num_threads(train["threads"] or threads or share)
    hasten_steps()
    tf32 = train.get("precision") == "tf32"
    torch.set_float32_matmul_precision("high" if tf32 else "highest")
    torch.backends.cudnn.allow_tf32 = tf32
    if torch.cuda.is_available():
        torch.cuda.set_device(gpu(torch.cuda.device_count()))
    logging.getLogger(EXTENSIONS).setLevel(logging.ERROR)  # CUDA's absence is fine


def hasten_steps() -> None:
    """What steps of every kind gain by: no subnormal numbers, and memory that is used again."""
    torch.set_flush_denormal(True)  # gradients that vanish make steps up to twice as slow
    keep_freed_memory()


@contextmanager
def keep_settings() -> Iterator[None]:
    """Puts back, in the end, what `set_up` changes: in Python the process is the caller's.

    What the process may keep of freed memory can't be asked for, and stays; it is given back once.
    """
    threads, precision = torch.get_num_threads(), torch.get_float32_matmul_precision()
    tf32, flushes = torch.backends.cudnn.allow_tf32, flushes_denormal()
    level = logging.getLogger(EXTENSIONS).level
    chosen = torch.cuda.current_device() if torch.cuda.is_available() else None
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        torch.set_float32_matmul_precision(precision)
        torch.backends.cudnn.allow_tf32 = tf32
        torch.set_flush_denormal(flushes)
        give_back_memory()
        logging.getLogger(EXTENSIONS).setLevel(level)
        if chosen is not None:
            torch.cuda.set_device(chosen)


def flushes_denormal() -> bool:
    """Whether this thread rounds subnormal numbers to zero: torch tells it by the result alone."""
    smallest = torch.finfo(torch.float32).tiny
    return (torch.tensor([smallest]) / 2).item() == 0


def device_of(wish: Any, setting: str = "train.device=") -> str:
    """The device that is asked for by a setting. Raises UserError for one that is not here."""
    there, name = devices(), str(wish)  # also of a torch.device
    if name == "auto":
        return next(first for first, here in there.items() if here)
    if name not in there:
        raise UserError(f"{setting}{name!r} is no device: take {', '.join(there)} or auto")
    if not there[name]:
        raise UserError(f"{setting}{name}: torch finds none here; take {setting}auto")
    return name


def devices() -> dict[str, bool]:
    """The devices, the best first, and whether they are here."""
    return {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }


def device_here(wish: str) -> str:
    """The device that a run was trained on, or the CPU, with a warning, where it is not here."""
    if devices().get(wish, True):
        return wish
    log.warning("the run was trained on %s, and torch finds none here: the CPU does the work", wish)
    return "cpu"


def free_on_gpu(wish: str) -> int | None:
    """Bytes that are free on the GPU that a run with this wish trains on; None: on no GPU."""
    if wish not in ("auto", "cuda") or not torch.cuda.is_available():
        return None
    free: int = torch.cuda.mem_get_info()[0]
    return free


def gpu(count: int) -> int:
    """Which of `count` GPUs is this process's: workers take them in turn, and keep them.

    By worker, not by job: a process that visits several GPUs leaves memory occupied on each.
    """
    number = multiprocessing.current_process().name.rpartition("-")[2]
    return (int(number) - 1) % count if worker.is_worker() else 0

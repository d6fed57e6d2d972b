"""How often a function makes the host wait for the device: of CUDA by torch's own warnings."""

import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

READ = torch.ops.aten._local_scalar_dense.default  # what item(), float(t) and bool(t) come to


class Readings(TorchDispatchMode):
    """Counts the values that are read from tensors, whatever the device; ``count`` has them."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_dispatch__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        self.count += function is READ
        return function(*args, **(kwargs or {}))


def count_waits(call: Callable[[], object], device: str) -> dict[str, int]:
    """How often the host waited in a call, by what torch says of it."""
    return on_cuda(call) if device == "cuda" else on_cpu(call)


def on_cpu(call: Callable[[], object]) -> dict[str, int]:
    with Readings() as seen:
        call()
    return {"values read": seen.count} if seen.count else {}


def on_cuda(call: Callable[[], object]) -> dict[str, int]:
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("warn")
    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            call()
    finally:
        torch.cuda.set_sync_debug_mode("default")
    return tally(said)


def tally(said: Iterable[warnings.WarningMessage]) -> dict[str, int]:
    """How often each line of code made the host wait: torch warns where it happens."""
    ours = [each for each in said if "synchroniz" in str(each.message)]
    return dict(Counter(f"{each.filename}:{each.lineno}" for each in ours))

"""What the parts of benchmarks/gpu.py share: where and for how long, the clock, errors as rows."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from workloads import WORKLOADS, Workload

Row = dict[str, Any]
TINY = {
    "mlp64": Workload("2x8, batch 8, non-saturating", 8, 8, latent=4),
    "mlp64-gp": Workload("2x8, batch 8, WGAN-GP", 8, 8, penalty=True, latent=4),
    "minibatch": Workload("2x8, batch 8, minibatch", 8, 8, minibatch=True, latent=4),
    "dcgan": Workload("DCGAN, 3x28x28, batch 4", 2, 4, shape=(3, 28, 28), latent=4),
}


@dataclass(frozen=True)
class Plan:
    """Where a part runs and for how many seconds; on a CPU it is tiny, to see that it runs."""

    device: str
    seconds: float

    @property
    def tiny(self) -> bool:
        return self.device == "cpu"

    def work(self, name: str) -> Workload:
        return TINY[name] if self.tiny else WORKLOADS[name]

    def choose(self, whole: Any, tiny: Any) -> Any:
        """The size of a measurement: the whole one, or the tiny one of a CPU."""
        return tiny if self.tiny else whole

    def wait(self) -> None:
        """Lets the device end what it was given."""
        if self.device == "cuda":
            torch.cuda.synchronize()

    def now(self) -> float:
        """Seconds, once the device has done all it was given."""
        self.wait()
        return time.perf_counter()

    def free(self) -> None:
        """Gives back the memory of what was measured, and begins to note the peak anew."""
        if self.device == "cuda":
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()

    def peak(self) -> float | None:
        """MB that tensors took on the device at most since `free`; None on a CPU."""
        return torch.cuda.max_memory_allocated() / 2**20 if self.device == "cuda" else None


def row_of(about: Row, measure: Callable[[], Row]) -> Row:
    """What is measured, beside what it is about; or the error, so that the next is measured."""
    try:
        return about | measure()
    except Exception as error:  # out of memory, or whatever the compiler has to say
        return about | {"error": f"{type(error).__name__}: {str(error)[:200]}"}


def repeat(step: Callable[[], object], times: int) -> None:
    for _ in range(times):
        step()

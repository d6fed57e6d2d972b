"""What a step costs besides its time: arithmetic, starting, compiling, memory, where time goes."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sides
from loops import Loop
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry
from workloads import Workload

PROBE = Path(__file__).with_name("probe.py")
SIZE = 1536  # of the matrices that measure the peak
CACHES = {
    "XDG_CACHE_HOME": "mcgan",
    "TORCHINDUCTOR_CACHE_DIR": "torch",
    "JAX_COMPILATION_CACHE_DIR": "jax",
}
KEEP_ALL = {
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
}


def arithmetic(work: Workload) -> float:
    """Floating-point operations of the loop's step, in matrix products and convolutions."""
    loop = Loop(work)
    with Operations() as counted:
        loop.step()
    return float(counted.total)


class Operations(TorchDispatchMode):
    """Counts as torch's own FlopCounterMode, which refuses gradients of gradients."""

    total = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        formula = flop_registry.get(func.overloadpacket)
        if formula is not None:
            self.total += formula(*args, **(kwargs or {}), out_val=result)
        return result


def peaks() -> dict[str, float]:
    """GFLOP/s of a big float32 matrix product on the core, in each library."""
    import torch

    a = torch.randn(SIZE, SIZE)
    found = {"torch": gflops(lambda: a @ a)}
    if torch.backends.mkldnn.is_available():
        linear = torch.ops.mkldnn._linear_pointwise
        found["oneDNN"] = gflops(lambda: linear(a, a, None, "none", [], ""))
    if sides.has_jax():
        import jax

        c, product = jax.numpy.asarray(a.numpy()), jax.jit(lambda c: c @ c)
        found["jax"] = gflops(lambda: product(c).block_until_ready())
    return found


def gflops(product: Callable[[], object], times: int = 7) -> float:
    """The best of a few, after one to warm up."""

    def once() -> float:
        begin = time.process_time()
        product()
        return time.process_time() - begin

    once()
    return 2 * SIZE**3 / min(once() for _ in range(times)) / 1e9


def starts(name: str, workload: str) -> dict[str, Any]:
    """A fresh process of one side with empty caches, and another with full ones."""
    with tempfile.TemporaryDirectory() as folder:
        caches = {variable: f"{folder}/{sub}" for variable, sub in CACHES.items()}
        return {state: probe(name, workload, caches | KEEP_ALL) for state in ("cold", "warm")}


def profile(name: str, workload: str) -> dict[str, float]:
    """Shares of a step's time. The probe compiles anew: its kernels have names."""
    with tempfile.TemporaryDirectory() as folder:
        return probe(name, workload, {"XDG_CACHE_HOME": folder}, "--profile")


def probe(name: str, workload: str, environment: dict[str, str], *flags: str) -> dict[str, float]:
    words = [sys.executable, str(PROBE), name, workload, *flags]
    done = subprocess.run(words, env=os.environ | environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def help_seconds(times: int) -> float:
    """``mcgan --help`` as a process."""

    def once() -> float:
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-m", "mcgan", "--help"], check=True, capture_output=True)
        return time.perf_counter() - begin

    return statistics.median(once() for _ in range(times))

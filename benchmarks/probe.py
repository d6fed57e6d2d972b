"""One side of the comparison in a process of its own; prints JSON.

    python benchmarks/probe.py SIDE WORKLOAD [--profile]

Seconds to import, seconds that the first call takes beyond the second, peak memory (also of the
imports alone); or where a step's time goes.
"""

import argparse
import json
import re
import resource
import sys
import time
from pathlib import Path

import sides
from workloads import WORKLOADS

TRIES = 5  # profiled calls, of which the quickest counts: other processes lengthen the rest
PRODUCTS = re.compile(
    r"((aten|mkldnn|mkl|onednn)::_?|aoti_torch_cpu_)"
    r"((add|b|baddb)?mm|\w*conv\w*|\w*linear_\w+)(_out)?_?$"
)
KERNELS = re.compile(r"aten::|\w*cpp_fused|\w*_kernel")
VIEWS = re.compile(
    r"aten::(t|transpose|permute|expand|view|_?reshape\w*|unsqueeze|squeeze|select|"
    r"slice|unbind|detach_?|as_strided|alias|linear|matmul|to|_to_copy|unflatten|"
    r"flatten|lift_fresh|empty\w*|resolve_\w+|result_type|item|_local_scalar_dense|"
    r"conv\w*|_conv\w*)$"
)


def started(name: str, workload: str) -> dict[str, float]:
    begin = time.perf_counter()
    sides.make(f"{name.split()[0]} 1", WORKLOADS["mlp64"])  # the imports
    imported, small = time.perf_counter(), megabytes()
    side = sides.make(name, WORKLOADS[workload])
    side.call()
    first = time.perf_counter()
    side.call()
    compiling = (first - imported) - (time.perf_counter() - first)
    return {
        "import": imported - begin,
        "compile": max(compiling, 0.0),
        "MB": megabytes(),
        "MB imports": small,
    }


def megabytes() -> float:
    """Peak memory of this process; ru_maxrss would count that of the one that started it."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\s+(\d+)", status.read_text()).group(1)) / 1024
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def profiled(name: str, workload: str) -> dict[str, float]:
    """Shares of the profiled time, and a profiled step's ms: profiling lengthens it."""
    import torch

    torch._inductor.config.cpp.enable_kernel_profile = True  # fused kernels get names
    side = sides.make(name, WORKLOADS[workload])
    side.call()
    total, events = min((observed(side) for _ in range(TRIES)), key=lambda seen: seen[0])
    return shares(events, total) | {"ms": total / 1e3 / side.steps / side.replicas}


def observed(side: sides.Side) -> tuple[float, dict[str, float]]:
    """µs of one call, and within it of every kind of event by itself."""
    from torch.profiler import ProfilerActivity, profile

    with profile(activities=[ProfilerActivity.CPU]) as profiler:
        begin = time.perf_counter()
        side.call()
        total = (time.perf_counter() - begin) * 1e6
    return total, {e.key: e.self_cpu_time_total for e in profiler.key_averages()}


def shares(events: dict[str, float], total: float) -> dict[str, float]:
    """Of ``total`` µs; what no kernel accounts for is Python and the way to the kernels."""
    products = sum(t for name, t in events.items() if PRODUCTS.match(name))
    kernels = sum(
        t
        for name, t in events.items()
        if KERNELS.match(name) and not PRODUCTS.match(name) and not VIEWS.match(name)
    )
    return {
        "matrix products": products / total,
        "other kernels": kernels / total,
        "Python and calls": 1 - (products + kernels) / total,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("side")
    parser.add_argument("workload", choices=WORKLOADS)
    parser.add_argument("--profile", action="store_true")
    args = parser.parse_args()
    print(json.dumps((profiled if args.profile else started)(args.side, args.workload)))


if __name__ == "__main__":
    main()

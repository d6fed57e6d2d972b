"""mcgan against an idiomatic PyTorch loop and against JAX: time, ratios, compiling, memory.

    python benchmarks/engines.py [--workload mlp64 ...] [--replicas 1 16] [--out engines.json]

Every side trains the same nets on the same batch with the same loss and Adam in float32, draws its
own data, and has one core (tests/test_engines.py: equal weights, data and noise give equal
weights). The sides take turns within a round; a ratio is of two figures of one round. By default
time is that of the CPU, which on a quiet machine is that of the clock. 'loop' is the idiomatic loop
with fused Adam, 'jax' has its whole step jitted, steps scanned and seeds vmapped.
"""

import argparse
import importlib.metadata
import json
import os
import platform
from pathlib import Path
from typing import Any

import history
from workloads import WORKLOADS

STARTED = ("mlp64",)  # the workloads whose starts and memory are shown
PROFILED = ("mlp128", "mlp128-gp", "mlp64")  # and those whose steps are profiled
MARGIN = 24


def main() -> None:
    args = arguments()
    pin(args.core)  # before torch and jax count the cores
    found: dict[str, Any] = {"machine": machine(args), "peak": {}, "workloads": {}}
    import costs

    found["peak"] = costs.peaks()
    print("\n".join(f"{k}: {v}" for k, v in found["machine"].items()))
    print("matrix product, GFLOP/s:", ", ".join(f"{k} {v:.0f}" for k, v in found["peak"].items()))
    for name in args.workload:
        found["workloads"][name] = measured(name, args, max(found["peak"].values()))
        show(found["workloads"][name])
    for name in [] if args.no_costs else args.workload:
        found["workloads"][name] |= spent(name, args.replicas)
        show_spent(name, found["workloads"][name])
    if not args.no_costs:
        found["mcgan --help, seconds"] = costs.help_seconds(args.rounds)
        print(f"\nmcgan --help: {found['mcgan --help, seconds']:.3f} s")
    if not args.quick:
        history.add("engines", found)
    if args.out:
        args.out.write_text(json.dumps(found, indent=1) + "\n")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workload", nargs="+", choices=WORKLOADS, default=list(WORKLOADS))
    parser.add_argument("--replicas", nargs="+", type=int, default=[1, 16])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.5, help="of each measurement, at least")
    parser.add_argument("--clock", choices=("cpu", "wall"), default="cpu")
    parser.add_argument("--core", type=int, default=-1, help="to run on; default: the last")
    parser.add_argument("--no-costs", action="store_true", help="no starts, memory or profiles")
    parser.add_argument("--quick", action="store_true", help="a round, to see that all runs")
    parser.add_argument("--out", type=Path, help="write the figures here as JSON")
    args = parser.parse_args()
    if args.quick:
        args.rounds, args.seconds, args.replicas = 1, 0.0, [1, 2]
    return args


def pin(core: int) -> None:
    """This process and its children on one core; one thread each where cores cannot be chosen."""
    os.environ |= {
        "OMP_NUM_THREADS": "1",
        "JAX_PLATFORMS": "cpu",
        "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
    }
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[-1] if core < 0 else core})


def machine(args: argparse.Namespace) -> dict[str, str]:
    """Where and how the figures were made."""
    versions = {name: version(name) for name in ("mcgan", "torch", "jax", "optax")}
    return {
        "cpu": cpu(),
        "cores": f"1 of {os.cpu_count()}",
        "system": platform.system(),
        "versions": ", ".join(f"{k} {v}" for k, v in versions.items() if v),
        "python": platform.python_version(),
        "rounds": f"{args.rounds} of {args.seconds:g} s, {args.clock} time",
        "load": f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown",
    }


def cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def measured(name: str, args: argparse.Namespace, peak: float) -> dict[str, Any]:
    """Times and ratios of one workload, and each side's share of the peak."""
    import costs
    import rounds

    work, operations = WORKLOADS[name], costs.arithmetic(WORKLOADS[name])
    found = rounds.compare(work, args.replicas, args.rounds, args.seconds, args.clock)
    for figures in found["sides"].values():
        figures["share of peak"] = operations / (figures["ms"] * 1e6) / peak
    return {"MFLOP": operations / 1e6, **found}


def spent(name: str, replicas: list[int]) -> dict[str, Any]:
    """Starts and memory of every side; where the time of a step goes, of those in PyTorch."""
    import costs
    import sides

    one, most = (sides.names(WORKLOADS[name], [n]) for n in (1, replicas[-1]))
    every = dict.fromkeys([*one, *most]) if name in STARTED else {}
    some = [n for n in one if not n.startswith("jax")] if name in PROFILED else []
    return {
        "starts": {n: costs.starts(n, name) for n in every},
        "profiles": {n: costs.profile(n, name) for n in some},
    }


def show(found: dict[str, Any]) -> None:
    print(f"\n{found['says']}: {found['MFLOP']:.1f} MFLOP a step")
    print(f"  {'':{MARGIN}}{'ms/replica':>11}{'of peak':>9}{'x loop':>8}{'':18}{'x jax':>6}")
    for name, side in found["sides"].items():
        ratios = "".join(ratio(side.get(key)) for key in ("to loop", "to jax"))
        print(f"  {name:{MARGIN}}{side['ms']:11.4f}{side['share of peak']:9.1%}{ratios}")
    for note in found["notes"]:
        print(f"  {note}")


def ratio(spread: list[float] | None) -> str:
    return f"{spread[0]:8.2f} ({spread[1]:6.2f} … {spread[2]:6.2f})" if spread else ""


def show_spent(name: str, found: dict[str, Any]) -> None:
    if found["starts"]:
        print(f"\n{name}: seconds to import; to compile with empty caches, with full ones; peak MB")
    for side, state in found["starts"].items():
        cold, warm = state["cold"], state["warm"]
        print(
            f"  {side:{MARGIN}}{warm['import']:8.1f}{cold['compile']:8.1f}{warm['compile']:8.1f}"
            f"{warm['MB']:8.0f} ({warm['MB imports']:.0f} imports)"
        )
    if found["profiles"]:
        print(f"{name}: where a step's time goes")
    for side, shares in found["profiles"].items():
        parts = ", ".join(f"{k} {v:.0%}" for k, v in shares.items() if k != "ms")
        print(f"  {side:{MARGIN}}{parts} of {shares['ms']:.3f} ms, profiled")


if __name__ == "__main__":
    main()

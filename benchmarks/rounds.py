"""Step times of all sides of a workload, in turns: medians over rounds, ratios within a round."""

import statistics
import time
from collections.abc import Callable
from typing import Any

import sides
from sides import Side
from workloads import Workload

from mcgan.system.device import hasten_steps

CLOCKS: dict[str, Callable[[], float]] = {"cpu": time.process_time, "wall": time.perf_counter}
Times = dict[str, float]  # ms a step and replica, by side


def compare(
    work: Workload, replicas: list[int], rounds: int, seconds: float, clock: str
) -> dict[str, Any]:
    """Each side's step time, its ratios to the loop and to JAX, and what it had to say."""
    hasten_steps()  # for all sides, JAX's memory too; that flushes subnormal numbers by itself
    made = {name: sides.make(name, work) for name in sides.names(work, replicas)}
    for side in made.values():
        side.call()  # compiles
    now = CLOCKS[clock]
    rows = [
        {name: milliseconds(side, seconds, now) for name, side in made.items()}
        for _ in range(rounds)
    ]
    notes = [
        f"{name}: {part} stays as it is ({why})"
        for name, side in made.items()
        for part, why in side.notes.items()
    ]
    found = {name: figures(name, rows) for name in made}
    return {"says": work.says, "notes": notes, "sides": found}


def milliseconds(side: Side, seconds: float, now: Callable[[], float]) -> float:
    """Of one step and replica, over whole calls that fill ``seconds``."""
    begin, calls = now(), 0
    while not calls or now() - begin < seconds:
        side.call()
        calls += 1
    return (now() - begin) * 1e3 / (calls * side.steps * side.replicas)


def figures(name: str, rows: list[Times]) -> dict[str, Any]:
    """Its time, and its ratios to the loop, to its CUDA graph and to JAX with as many replicas."""
    found: dict[str, Any] = {"ms": statistics.median(row[name] for row in rows)}
    against = {"loop": "loop", "graph": "loop graph", "jax": f"jax {replicas(name)}"}
    for label, other in against.items():
        if other in rows[0]:
            found[f"to {label}"] = spread([row[name] / row[other] for row in rows])
    return found


def replicas(name: str) -> int:
    last = name.split()[-1]
    return int(last) if last.isdigit() else 1


def spread(ratios: list[float]) -> list[float]:
    """Median, lowest, highest."""
    return [statistics.median(ratios), min(ratios), max(ratios)]

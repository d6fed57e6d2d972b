"""Write the table of engines in docs/RESULTS.md from what benchmarks/engines.py measured.

python benchmarks/engines.py --out engines.json
python scripts/engines_table.py engines.json
"""

from typing import Any

import tables

TIMES = [
    "workload",
    "side",
    "ms a step and replica",
    "ratio to the loop",
    "ratio to JAX",
    "of the peak",
]
STARTS = [
    "workload",
    "side",
    "imports, s",
    "compiling, s",
    "with full caches, s",
    "memory, MB",
    "of it imports",
]
PROFILES = ["workload", "side", "matrix products", "other kernels", "Python and calls"]
Found = dict[str, Any]


def page(found: Found) -> str:
    """Times, notes, starts and profiles where they were measured, and the machine."""
    works = found["workloads"].values()
    notes = [f"* {work['says']}: {note}" for work in works for note in work["notes"]]
    return "\n\n".join(
        part
        for part in (
            filled(TIMES, each(works, "sides", time_row)),
            "\n".join(notes),
            filled(STARTS, each(works, "starts", start_row)),
            filled(PROFILES, each(works, "profiles", profile_row)),
            machine(found),
        )
        if part
    )


def filled(head: list[str], body: list[list[str]]) -> str:
    """A table, or nothing where it would have no rows."""
    return tables.rows(head, body) if body else ""


def each(works: Any, kind: str, row: Any) -> list[list[str]]:
    return [
        [work["says"], side, *row(figures)]
        for work in works
        for side, figures in work.get(kind, {}).items()
    ]


def time_row(figures: Found) -> list[str]:
    ratios = [ratio(figures.get(key)) for key in ("to loop", "to jax")]
    return [f"{figures['ms']:.3f}", *ratios, f"{figures['share of peak']:.0%}"]


def ratio(spread: list[float] | None) -> str:
    return "{:.2f} ({:.2f} … {:.2f})".format(*spread) if spread else ""


def start_row(state: Found) -> list[str]:
    cold, warm = state["cold"], state["warm"]
    seconds = [warm["import"], cold["compile"], warm["compile"]]
    return [*(f"{s:.1f}" for s in seconds), f"{warm['MB']:.0f}", f"{warm['MB imports']:.0f}"]


def profile_row(shares: Found) -> list[str]:
    return [f"{shares[name]:.0%}" for name in PROFILES[2:]]


def machine(found: Found) -> str:
    facts = "; ".join(f"{name}: {value}" for name, value in found["machine"].items())
    peaks = ", ".join(f"{name} {value:.0f}" for name, value in found["peak"].items())
    return f"{facts}. A large matrix product, GFLOP/s: {peaks}; the peak is the highest."


if __name__ == "__main__":
    tables.main("engines", page, __doc__ or "")

"""Write the table of sweeps in docs/RESULTS.md from what benchmarks/sweeps.py measured.

python benchmarks/sweeps.py --json sweeps.json
python scripts/sweeps_table.py sweeps.json
"""

import statistics
from typing import Any

import tables

HEAD = ["what", "median", "lowest … highest"]


def table(found: dict[str, Any]) -> str:
    work = f"runs of {found['steps']:,} steps of {found['ms a step']:.2f} ms"
    body = [
        spread("cold start of `mcgan train` to the end of its first step, s", found["cold start"]),
        spread(f"{found['jobs']} runs at a time against one by one ({found['short']} {work}), ×",
               found["speedup"]),
        [f"the same with {found['runs']} runs, ×", f"{found['speedup of all']:.2f}", ""],
        spread(f"the same of {found['jobs']} plain PyTorch loops: what the machine has to give, ×",
               found["ceiling"]),
        [f"time outside steps of a sweep ({found['runs']} {work})",
         f"{100 * found['share outside']:.1f} %", ""],
        ["the same, s a run", f"{found['seconds a run outside']:.2f}", ""],
    ]  # fmt: skip
    return tables.rows(HEAD, body)


def spread(what: str, values: list[float]) -> list[str]:
    ends = f"{min(values):.2f} … {max(values):.2f}"
    return [what, f"{statistics.median(values):.2f}", ends]


if __name__ == "__main__":
    tables.main("sweeps", table, __doc__ or "")

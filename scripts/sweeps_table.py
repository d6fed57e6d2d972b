"""Write the table of sweeps in docs/RESULTS.md from what benchmarks/sweeps.py measured.

    python benchmarks/sweeps.py --json sweeps.json
    python scripts/sweeps_table.py sweeps.json
"""

import argparse
import json
import statistics
from pathlib import Path
from typing import Any

import tables

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "RESULTS.md"
HEAD = ["what", "median", "lowest … highest"]


def table(found: dict[str, Any]) -> str:
    work = f"runs of {found['steps']:,} steps of {found['ms a step']:.2f} ms"
    body = [
        spread("cold start of `mcgan train` to the end of its first step, s", found["cold start"]),
        spread(f"{found['jobs']} runs at a time against one by one ({found['short']} {work}), ×",
               found["speedup"]),
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("measured", type=Path, help="what --json wrote")
    found = json.loads(parser.parse_args().measured.read_text())
    text = RESULTS.read_text(encoding="utf-8")
    RESULTS.write_text(tables.replaced(text, "sweeps", table(found)), encoding="utf-8")


if __name__ == "__main__":
    main()

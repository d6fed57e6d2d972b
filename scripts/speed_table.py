"""Write the table of speed in docs/RESULTS.md from what benchmarks/step.py measured.

    python benchmarks/step.py --json step.json
    python scripts/speed_table.py step.json
"""

import argparse
import json
from pathlib import Path
from typing import Any

import tables

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "RESULTS.md"
HEAD = ["nets and batch", "side", "ms a step and replica", "ratio to the loop", "over the rounds"]


def table(found: dict[str, Any]) -> str:
    """A row per workload and side; single figures below."""
    body = [row(workload, side, times) for workload, sides in found.items()
            if isinstance(sides, dict) for side, times in sides.items()]
    single = [f"{name}: {value:.3f}" for name, value in found.items() if isinstance(value, float)]
    return "\n\n".join([tables.rows(HEAD, body), *single])


def row(workload: str, side: str, times: dict[str, float]) -> list[str]:
    span = f"{times['lowest']:.2f} … {times['highest']:.2f}"
    return [workload, side, f"{times['ms per replica']:.3f}", f"{times['ratio']:.2f}", span]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("measured", type=Path, help="what --json wrote")
    found = json.loads(parser.parse_args().measured.read_text())
    text = RESULTS.read_text(encoding="utf-8")
    RESULTS.write_text(tables.replaced(text, "speed", table(found)), encoding="utf-8")


if __name__ == "__main__":
    main()

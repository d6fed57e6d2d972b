"""Write the table of what strategies cost in docs/RESULTS.md.

    python benchmarks/strategies.py --json strategies.json
    python scripts/strategies_table.py strategies.json
"""

import argparse
import json
from pathlib import Path
from typing import Any

import tables

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "RESULTS.md"
HEAD = ["nets and batch", "strategies", "ms a step and replica", "ratio to none"]


def table(found: dict[str, Any]) -> str:
    """A row per workload and chain; the machine below."""
    body = [[work, chain, f"{row['ms']:.4f}", "{:.2f} ({:.2f} … {:.2f})".format(*row["ratio"])]
            for work, rows in found["workloads"].items() for chain, row in rows.items()]
    machine = f"{found['replicas']} compiled replicas on one core of {found['cpu']}."
    return f"{tables.rows(HEAD, body)}\n\n{machine}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("measured", type=Path, help="what --json wrote")
    found = json.loads(parser.parse_args().measured.read_text())
    text = RESULTS.read_text(encoding="utf-8")
    RESULTS.write_text(tables.replaced(text, "strategies", table(found)), encoding="utf-8")


if __name__ == "__main__":
    main()

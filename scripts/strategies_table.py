"""Write the table of what strategies cost in docs/RESULTS.md.

python benchmarks/strategies.py --json strategies.json
python scripts/strategies_table.py strategies.json
"""

from typing import Any

import tables

HEAD = ["nets and batch", "strategies", "ms a step and replica", "ratio to none"]


def table(found: dict[str, Any]) -> str:
    """A row per workload and chain; the machine below."""
    body = [
        [work, chain, f"{row['ms']:.4f}", "{:.2f} ({:.2f} … {:.2f})".format(*row["ratio"])]
        for work, rows in found["workloads"].items()
        for chain, row in rows.items()
    ]
    machine = f"{found['replicas']} compiled replicas on one core of {found['cpu']}."
    return f"{tables.rows(HEAD, body)}\n\n{machine}"


if __name__ == "__main__":
    tables.main("strategies", table, __doc__ or "")

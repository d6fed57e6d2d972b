"""Write a table of docs/RESULTS.md from finished runs: one row each, from their result.json.

python scripts/results_table.py ring runs/collapse runs/covered
"""

import argparse
import json
from pathlib import Path
from typing import Any

import tables

from mcgan.errors import UserError
from mcgan.metrics.measures import measure
from mcgan.run.directory import RunDirectory

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "RESULTS.md"
SHOWN = ("modes_covered", "modes_published", "modes_strict", "modes_confident", "quality",
         "off_manifold", "kl", "spread_least", "energy")  # fmt: skip


def table(folders: list[Path]) -> str:
    """Mean with its 95 % interval, strict modes by seed; the last row is a perfect sampler's."""
    found = [(folder.name, result(folder)) for folder in folders]
    ways = {json.dumps([r["protocol"], r["evaluation"]], sort_keys=True) for _, r in found}
    if len(ways) > 1:
        raise SystemExit("these runs were measured in different ways: they share no table")
    keys = [key for key in SHOWN if key in found[0][1]["metrics"]]
    head = ["run", "seeds", "step", *(measure(key).label for key in keys), "minutes"]
    body = [row(name, content, keys) for name, content in found]
    perfect = [measure(key).show(found[0][1]["metrics"][key]["perfect"]) for key in keys]
    body.append(["*a perfect sampler*", "", "", *perfect, ""])
    return "\n\n".join([tables.rows(head, body), told(found)])


def result(folder: Path) -> dict[str, Any]:
    try:
        content = RunDirectory(folder).result()
    except UserError as error:
        raise SystemExit(str(error)) from error
    if content is None:
        raise SystemExit(f"{folder} has no result.json: it is not finished")
    return content


def row(name: str, content: dict[str, Any], keys: list[str]) -> list[str]:
    cells = [cell(key, content["metrics"][key]) for key in keys]
    seeds, step = str(len(content["seeds"])), f"{content['step']:,}"
    return [f"`{name}`", seeds, step, *cells, f"{content['seconds'] / 60:.1f}"]


def cell(key: str, metric: dict[str, Any]) -> str:
    show, ends = measure(key).show, metric["interval"]
    interval = f" ({show(ends[0])} … {show(ends[1])})" if ends else ""
    each = sorted(value for value in metric["values"] if value is not None)
    seeds = f"; seeds: {' '.join(map(show, each))}" if key == "modes_strict" and ends else ""
    return show(metric["mean"]) + interval + seeds


def told(found: list[tuple[str, dict[str, Any]]]) -> str:
    """How to measure it again, and on what it was measured."""
    _, last = found[-1]
    lines = [f"* `{name}`: `{content['command']}`" for name, content in found]
    versions = last["versions"]
    how = (
        f"Protocol `{last['protocol']['name']}`, {last['evaluation']['samples']:,} samples; "
        f"mcgan {versions['mcgan']}, torch {versions['torch']}, {versions['cpu']}, "
        f"threads: {versions['threads']}."
    )
    facts = last["dataset"]
    known = f" Recognition: {json.dumps(facts)}." if facts else ""
    return "\n".join([how + known, "", *lines])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("name", help="of the table")
    parser.add_argument("runs", nargs="+", type=Path, help="folders of finished runs")
    args = parser.parse_args()
    text = RESULTS.read_text(encoding="utf-8")
    RESULTS.write_text(tables.replaced(text, args.name, table(args.runs)), encoding="utf-8")


if __name__ == "__main__":
    main()

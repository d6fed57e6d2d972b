"""Train every strategy and every objective alone under one budget, and write the table.

    python scripts/catalogue.py [--workers 2] [--runs runs/catalogue] [--only NAME ...] [--table]

Every run is an ordinary `mcgan train experiment=catalogue ...`. What is in docs/catalogue.json is
not run again (--only runs the named ones anew), and the file is written after each run, so the
work may be stopped and taken up. --table only writes the tables of docs/RESULTS.md.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any, NamedTuple

import tables

from mcgan import listing
from mcgan.run.directory import RunDirectory
from mcgan.run.history import read
from mcgan.view.measures import measure

DOCS = Path(__file__).resolve().parents[1] / "docs"
DATASETS = ("ring", "grid")
BASE = {"objective": "non_saturating", "reg": "none"}
FOUND = DOCS / "catalogue.json"
SHOWN = ("modes_strict", "quality", "kl")
MINUTES = 15  # a run that takes longer is stopped, and the table says so


class Job(NamedTuple):
    """One cell block of the table: a strategy or an objective alone, on one dataset."""

    group: str
    option: str
    dataset: str

    @property
    def name(self) -> str:
        return f"{self.dataset}/{self.group}-{self.option}"

    def command(self, runs: Path) -> list[str]:
        chosen = {"dataset": self.dataset, **BASE, self.group: self.option}
        return [sys.executable, "-m", "mcgan", "train", "experiment=catalogue",
                *(f"{key}={value}" for key, value in chosen.items()),
                f"runs_dir={runs}", f"name={self.name}"]


def jobs(only: list[str]) -> Iterator[Job]:
    """The base once, then every other option of its two groups."""
    for dataset in DATASETS:
        for group in BASE:
            names = [option.name for option in listing.groups()[group]]
            yield from (Job(group, name, dataset) for name in names
                        if name != BASE["objective"] and (not only or name in only))


def train(job: Job, runs: Path) -> dict[str, Any]:
    """What a job came to: its measures and step time, or why there are none."""
    try:
        done = subprocess.run(job.command(runs), capture_output=True, text=True, check=False,
                              timeout=60 * MINUTES)
    except subprocess.TimeoutExpired:
        return {"refused": f"stopped after {MINUTES} minutes"}
    folder = runs / job.name
    content = RunDirectory(folder).result() if folder.is_dir() else None
    if content is None:
        return {"refused": (done.stderr.strip().splitlines() or ["no result"])[-1]}
    paces = sorted(row["time/step_ms"][0] for row in read(folder / "metrics.jsonl")
                   if row["kind"] == "train")
    measures = {key: content["metrics"][key] for key in SHOWN}
    return {"state": content["state"], "ms": paces[len(paces) // 2], "metrics": measures}


def table(found: dict[str, dict[str, Any]], dataset: str) -> str:
    """A row for each option, best first: strict modes, then quality."""
    mine = {job: each for job, each in found.items() if job.startswith(f"{dataset}/")}
    base = mine[f"{dataset}/reg-none"]["ms"]
    ran = {job: each for job, each in mine.items() if "metrics" in each}
    ranked = sorted(ran, key=lambda job: [-ran[job]["metrics"][key]["mean"] for key in SHOWN[:2]])
    head = ["option", *(measure(key).label for key in SHOWN), "step time", "ended"]
    body = [[label(job), *(cell(key, ran[job]["metrics"][key]) for key in SHOWN),
             f"{ran[job]['ms'] / base:.2f} x", ran[job]["state"]] for job in ranked]
    left = [f"* {label(job)}: {each['refused']}" for job, each in mine.items() if job not in ran]
    return "\n\n".join([tables.rows(head, body), "\n".join(left)]).strip()


def label(job: str) -> str:
    group, _, option = job.partition("/")[2].partition("-")
    return f"`{group}={option}`"


def cell(key: str, metric: dict[str, Any]) -> str:
    show, ends = measure(key).show, metric["interval"]
    return show(metric["mean"]) + (f" ({show(ends[0])} … {show(ends[1])})" if ends else "")


def known() -> dict[str, dict[str, Any]]:
    return json.loads(FOUND.read_text(encoding="utf-8")) if FOUND.is_file() else {}


def write_tables(found: dict[str, dict[str, Any]]) -> None:
    results = DOCS / "RESULTS.md"
    text = results.read_text(encoding="utf-8")
    for dataset in DATASETS:
        text = tables.replaced(text, f"catalogue {dataset}", table(found, dataset))
    results.write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--runs", type=Path, default=Path("runs/catalogue"))
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--table", action="store_true", help="train nothing")
    args = parser.parse_args()
    found = known()
    left = [] if args.table else [job for job in jobs(args.only)
                                  if args.only or job.name not in found]
    with ThreadPoolExecutor(args.workers) as pool:
        waiting = {pool.submit(train, job, args.runs): job for job in left}
        for ended in as_completed(waiting):
            found[waiting[ended].name] = ended.result()
            print(waiting[ended].name, flush=True)
            FOUND.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    write_tables(found)


if __name__ == "__main__":
    main()

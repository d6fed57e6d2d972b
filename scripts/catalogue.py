"""Train every strategy and every objective alone under one budget, and write the table.

    python scripts/catalogue.py [--workers 2] [--runs FOLDER] [--only NAME ... --] [KEY=VALUE ...]

Every run is an ordinary `mcgan train experiment=catalogue ...`. What is in docs/catalogue.json is
not run again (--only runs the named ones anew), and the file is written after each run, so the
work may be stopped and taken up: a run that was cut off goes on from its checkpoint. --table only
writes the tables of docs/RESULTS.md. With KEY=VALUE, settings for every run, it is a trial: its
results stay in the folder of the runs, and the tables are printed. Step times are measured by
catalogue_times.py, as those of runs two at a time say little.
"""

import argparse
import json
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pool
import tables
from pool import Found

from mcgan.cli import options
from mcgan.metrics.measures import measure

DOCS = Path(__file__).resolve().parents[1] / "docs"
DATASETS = ("ring", "grid")
BASE = {"reg": "none", "objective": "non_saturating"}
SHOWN = ("modes_strict", "quality", "kl")
MINUTES = 40  # a run that takes longer is stopped


class Job(NamedTuple):
    """One row of a table: a strategy or an objective alone, on one dataset."""

    group: str
    option: str
    dataset: str

    @property
    def name(self) -> str:
        return f"{self.dataset}/{self.group}-{self.option}"

    def words(self, runs: Path, settings: list[str]) -> list[str]:
        chosen = {"dataset": self.dataset, **BASE, self.group: self.option}
        return [
            "train",
            "experiment=catalogue",
            *(f"{key}={value}" for key, value in chosen.items()),
            f"runs_dir={runs}",
            f"name={self.name}",
            *settings,
        ]


def jobs(only: list[str]) -> Iterator[Job]:
    """The base first, then every other option of its two groups; a dataset after the other, so that
    the second finds in the compiler's cache what the first has compiled."""
    for dataset in DATASETS:
        yield Job("reg", BASE["reg"], dataset)
        for group in BASE:
            names = {option.name for option in options.groups()[group]} - {*BASE.values()}
            yield from (
                Job(group, name, dataset) for name in sorted(names) if not only or name in only
            )


def condense(folder: Path, content: dict[str, Any]) -> dict[str, Any]:
    """A run's measures, and what its log said."""
    return {
        "state": content["state"],
        "metrics": {key: content["metrics"][key] for key in SHOWN},
        "notes": content.get("notes", []),
    }


def table(found: Found, dataset: str) -> str:
    """A row for each option, best first: strict modes, then quality."""
    mine = {job: each for job, each in found.items() if job.startswith(f"{dataset}/")}
    ran = {job: each for job, each in mine.items() if "metrics" in each}
    if not ran:
        return ""
    ranked = sorted(
        ran, key=lambda job: [-(ran[job]["metrics"][key]["mean"] or 0) for key in SHOWN[:2]]
    )
    head = ["option", *(measure(key).label for key in SHOWN), "step time", "ended"]
    body = [
        [
            label(job),
            *(cell(key, ran[job]["metrics"][key]) for key in SHOWN),
            cost(found, job),
            ran[job]["state"],
        ]
        for job in ranked
    ]
    said = [f"* {label(job)}: {words}" for job, each in mine.items() for words in remarks(each)]
    said += [
        f"* {label(job.name)}: not measured yet"
        for job in jobs([])
        if job.dataset == dataset and job.name not in mine
    ]
    return "\n\n".join([tables.rows(head, body), "\n".join(said)]).strip()


def cost(found: Found, job: str) -> str:
    """A step's time over that without a strategy, as scripts/catalogue_times.py found on the ring:
    other data cost the same."""
    there = found.get(f"{DATASETS[0]}/{job.partition('/')[2]}", {}).get("ratio")
    return f"{there[0]:.2f} x" if there else "–"


def remarks(each: dict[str, Any]) -> list[str]:
    """Why there is no row, or what the log said of it."""
    return [f"refused, {each['refused']}"] if "refused" in each else each["notes"]


def words(job: str) -> str:
    """What is typed for a job's option, such as `reg=r1`."""
    return "=".join(job.partition("/")[2].split("-", 1))


def label(job: str) -> str:
    """The option, as a link to its card where it has one."""
    group, _, option = words(job).partition("=")
    card = DOCS / "cards" / f"{option}.md"
    linked = group == "reg" and card.is_file()
    return f"[`{words(job)}`](cards/{card.name})" if linked else f"`{words(job)}`"


def cell(key: str, metric: dict[str, Any]) -> str:
    """The mean with the interval as it is computed today: stored ones may be of before."""
    known = measure(key)
    found = known.interval(metric["values"])
    if found.mean is None:
        return "–"
    ends = known.show(found.lower), known.show(found.upper)
    return known.show(found.mean) + (f" ({ends[0]} … {ends[1]})" if found.lower is not None else "")


def write_tables(found: Found) -> None:
    results = DOCS / "RESULTS.md"
    text = results.read_text(encoding="utf-8")
    for dataset in DATASETS:
        text = tables.replaced(text, f"catalogue {dataset}", table(found, dataset))
    results.write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("settings", nargs="*", metavar="KEY=VALUE", help="for every run: a trial")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--runs", type=Path, default=Path("runs/catalogue"))
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--table", action="store_true", help="train nothing")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    file = args.runs / "catalogue.json" if args.settings else DOCS / "catalogue.json"
    found: Found = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    if not args.table:
        fill(found, file, args)
    if args.settings:
        print("\n\n".join(table(found, dataset) for dataset in DATASETS))
    else:
        write_tables(found)


def fill(found: Found, file: Path, args: argparse.Namespace) -> None:
    """Runs what is not found yet, and writes each outcome to the file."""
    anew = [job for job in jobs(args.only) if job.option in args.only]
    for job in anew:
        found.pop(job.name, None)
        shutil.rmtree(args.runs / job.name, ignore_errors=True)
    work = {
        job.name: job.words(args.runs, args.settings)
        for job in jobs(args.only)
        if job.name not in found or "stale" in found[job.name]
    }
    pool.fill(found, file, work, pool.Pool(args.runs, args.workers, MINUTES), condense)


if __name__ == "__main__":
    main()

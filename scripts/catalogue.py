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
import multiprocessing
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, NamedTuple

import tables

from mcgan.cli import options
from mcgan.cli.main import main as mcgan
from mcgan.metrics.measures import measure
from mcgan.run.directory import RunDirectory

DOCS = Path(__file__).resolve().parents[1] / "docs"
DATASETS = ("ring", "grid")
BASE = {"reg": "none", "objective": "non_saturating"}
SHOWN = ("modes_strict", "quality", "kl")
MINUTES = 40  # a run that takes longer is stopped
FORK = multiprocessing.get_context("fork")
SLOW_IMPORTS = ("mcgan.experiment.fit", "mcgan.view.figures.evaluation",
                "torch._inductor.compile_fx")
Found = dict[str, dict[str, Any]]


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
        return ["train", "experiment=catalogue",
                *(f"{key}={value}" for key, value in chosen.items()),
                f"runs_dir={runs}", f"name={self.name}", *settings]


def jobs(only: list[str]) -> Iterator[Job]:
    """The base first, then every other option of its two groups; a dataset after the other, so that
    the second finds in the compiler's cache what the first has compiled."""
    for dataset in DATASETS:
        yield Job("reg", BASE["reg"], dataset)
        for group in BASE:
            names = {option.name for option in options.groups()[group]} - {*BASE.values()}
            yield from (Job(group, name, dataset) for name in sorted(names)
                        if not only or name in only)


def ended(left: list[Job], workers: int, runs: Path, settings: list[str]
          ) -> Iterator[tuple[Job, int]]:
    """Runs the jobs, some at a time, each in a process of its own; every one that ends, and how.

    The processes are forked from this one, which has imported all that takes long.
    """
    running: dict[int, tuple[Job, Any]] = {}
    left = left[::-1]
    while left or running:
        while left and len(running) < workers:
            job = left.pop()
            work = FORK.Process(target=train, args=(job.words(runs, settings), runs / job.name),
                                daemon=True)  # ends with this process, and saves before
            work.start()
            running[work.sentinel] = job, work
        for sentinel in wait([*running]):
            job, work = running.pop(sentinel)  # type: ignore[index]
            work.join()
            yield job, work.exitcode


def train(words: list[str], folder: Path) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.alarm(60 * MINUTES)
    folder.parent.mkdir(parents=True, exist_ok=True)
    sys.argv = ["mcgan", *words]  # what a run notes as its command
    with said_by(folder).open("w") as file, redirect_stdout(file), redirect_stderr(file):
        code = mcgan(words)
    sys.exit(code)


def said_by(folder: Path) -> Path:
    return folder.with_name(folder.name + ".txt")


def outcome(folder: Path, code: int) -> dict[str, Any] | None:
    """A run's measures and step time, or the sentence of its refusal; None: to be run again."""
    last = (said_by(folder).read_text(encoding="utf-8").splitlines() or [""])[-1]
    if not folder.is_dir():
        return {"refused": last.removeprefix("mcgan train: ")} if code == 2 else None
    content = RunDirectory(folder).result()
    if content is None or (code == 2 and " is already " not in last):
        return None
    return {"state": content["state"],
            "metrics": {key: content["metrics"][key] for key in SHOWN},
            "notes": content.get("notes", [])}


def table(found: Found, dataset: str) -> str:
    """A row for each option, best first: strict modes, then quality."""
    mine = {job: each for job, each in found.items() if job.startswith(f"{dataset}/")}
    ran = {job: each for job, each in mine.items() if "metrics" in each}
    if not ran:
        return ""
    ranked = sorted(ran, key=lambda job: [-(ran[job]["metrics"][key]["mean"] or 0)
                                          for key in SHOWN[:2]])
    head = ["option", *(measure(key).label for key in SHOWN), "step time", "ended"]
    body = [[label(job), *(cell(key, ran[job]["metrics"][key]) for key in SHOWN),
             cost(found, job), ran[job]["state"]] for job in ranked]
    said = [f"* {label(job)}: {words}" for job, each in mine.items() for words in remarks(each)]
    said += [f"* {label(job.name)}: not measured yet" for job in jobs([])
             if job.dataset == dataset and job.name not in mine]
    return "\n\n".join([tables.rows(head, body), "\n".join(said)]).strip()


def cost(found: Found, job: str) -> str:
    """A step's time over that without a strategy, as scripts/catalogue_times.py found on the ring:
    other data cost the same."""
    there = found.get(f"{DATASETS[0]}/{job.partition('/')[2]}", {}).get("ratio")
    return f"{there[0]:.2f} x" if there else "–"


def remarks(each: dict[str, Any]) -> list[str]:
    """Why there is no row, or what the log said of it."""
    return [f"refused, {each['refused']}"] if "refused" in each else each["notes"]


def label(job: str) -> str:
    """The option, as a link to its card where it has one."""
    group, _, option = job.partition("/")[2].partition("-")
    card = DOCS / "cards" / f"{option}.md"
    linked = group == "reg" and card.is_file()
    return f"[`{group}={option}`](cards/{card.name})" if linked else f"`{group}={option}`"


def cell(key: str, metric: dict[str, Any]) -> str:
    show, mean, ends = measure(key).show, metric["mean"], metric["interval"]
    if mean is None:
        return "–"
    return show(mean) + (f" ({show(ends[0])} … {show(ends[1])})" if ends else "")


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
    left = [job for job in jobs(args.only) if job.name not in found]
    os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")  # the other core has its own run
    for name in SLOW_IMPORTS:
        import_module(name)
    clock = Clock()
    for count, (job, code) in enumerate(ended(left, args.workers, args.runs, args.settings), 1):
        content = outcome(args.runs / job.name, code)
        failure = "" if content else f", failed: {said_by(args.runs / job.name)}"
        print(f"{count}/{len(left)} {clock.read()} {job.name}{failure}", flush=True)
        if content:
            found[job.name] = content
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


class Clock:
    """Minutes so far, and the seconds of the CPU that the job took which has just ended."""

    def __init__(self) -> None:
        self.begun, self.spent = time.monotonic(), self.children()

    def children(self) -> float:
        return sum(os.times()[2:4])

    def read(self) -> str:
        before, self.spent = self.spent, self.children()
        minutes = (time.monotonic() - self.begun) / 60
        return f"{minutes:.1f} min, {self.spent - before:.0f} s:"


if __name__ == "__main__":
    main()

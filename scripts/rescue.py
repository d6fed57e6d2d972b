"""Add every strategy and every objective alone to games that fail, and write who rescues them.

    nohup python scripts/rescue.py [--workers 2] [--steps N] [--seeds N] > rescue.log &
    python scripts/rescue.py [--bases ring rotate] [--only NAME ... --] [KEY=VALUE ...]

Every run is an ordinary `mcgan train experiment=BASE ...` with one option more. What is in
docs/rescue.json is not run again, and the file is written after each run, so the work may be
stopped and taken up: a run that was cut off goes on from its checkpoint. Who brings full coverage
to at least half of the seeds is then trained for three times the steps (endurance), and from the
collapsed weights of the base (recovery). --table only writes the tables of docs/RESULTS.md. With
KEY=VALUE, settings for every run, it is a trial: its results stay in the folder of the runs, and
the tables are printed.
"""

import argparse
import json
import shutil
import signal
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pool
import rescue_rows as rows
import tables
from pool import Found

from mcgan.cli import options
from mcgan.config.compose import compose

DOCS = Path(__file__).resolve().parents[1] / "docs"
STEPS, SEEDS = 5000, 12  # 10 pairs cannot pass Holm's correction for 65 tests; 12 can
COSTLY, FEWER = 5.5, 6  # options whose step takes more than 5.5 times the base's get 6 seeds
READMES = (DOCS.parent / "README.md", DOCS.parent / "README.zh.md")
SHOWN = 5  # cures on the first page
LONGER = 3  # times the steps: endurance
ENOUGH = 0.5  # of the seeds rescued, for endurance and recovery
MINUTES = 120  # a run that takes longer is stopped
START = 45.0  # s of a run besides its steps: compiling, evaluations


class Base(NamedTuple):
    """A game that fails, and the score in which an option is tested against it."""

    experiment: str
    dataset: str
    asks: str
    pace: float  # s of a step and replica, as far as is known beforehand
    followed: bool = False  # whether endurance and recovery are asked


KINDS = ("alone", "endurance", "recovery")
BASES = {
    "ring": Base("collapse", "ring", "covered", 2.2e-3, followed=True),
    "grid": Base("collapse", "grid", "covered", 2.2e-3, followed=True),
    "rotate": Base("rotate", "ring", "rotation", 0.3e-3),
    "bridge": Base("bridge", "grid", "quality", 0.3e-3),
}


class Job(NamedTuple):
    """One run: an option added to a base, from the start (alone) or otherwise."""

    base: str
    kind: str  # alone, endurance or recovery
    group: str
    option: str
    steps: int
    seeds: int

    @property
    def name(self) -> str:
        return f"{self.base}-{self.kind}/{self.group}-{self.option}"

    def words(self, runs: Path, settings: Sequence[str]) -> list[str]:
        base = BASES[self.base]
        asked = {
            "experiment": base.experiment,
            "dataset": base.dataset,
            self.group: self.option,
            "train.steps": self.steps,
            "replicas": self.seeds,
        }
        first = [f"start_from={runs / none(self.base)}"] if self.kind == "recovery" else []
        return [
            "train",
            *(f"{key}={value}" for key, value in asked.items()),
            *first,
            f"runs_dir={runs}",
            f"name={self.name}",
            *settings,
        ]


def none(base: str) -> str:
    """The run of a base to which nothing is added."""
    return f"{base}-alone/reg-none"


def jobs(kind: str, args: argparse.Namespace) -> Iterator[Job]:
    """Every option of both groups on each base, the base itself first."""
    steps = args.steps * (LONGER if kind == "endurance" else 1)
    for base in args.bases:
        for group, option in [("reg", "none"), *added(base, args.only)]:
            most = FEWER if ratio(group, option) > COSTLY else args.seeds
            yield Job(base, kind, group, option, steps, min(args.seeds, most))


def added(base: str, only: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Group and name of what is added to a base: all that it does not have, or ``only`` these."""
    for group in ("reg", "objective"):
        names = {option.name for option in options.groups()[group]} - {own(base), "none"}
        yield from ((group, name) for name in sorted(names) if not only or name in only)


@cache
def own(base: str) -> str:
    """The base's own objective."""
    return str(compose(f"experiment={BASES[base].experiment}").choices["objective"])


def ratio(group: str, option: str) -> float:
    return rows.ratios().get(f"{group}-{option}", 1.0)


def is_done(job: Job, found: Found, runs: Path) -> bool:
    """Whether a run's outcome is known; a base must also lie there, for others to start from."""
    known = found.get(job.name, {})
    fits = known.get("steps") == job.steps and len(known.get("seeds", [])) == job.seeds
    lies_there = job.name != none(job.base) or (runs / job.name).is_dir()
    return "refused" in known or (fits and lies_there)


def to_follow(found: Found, args: argparse.Namespace) -> list[Job]:
    """Endurance and recovery, for each followed base and the options that rescued it."""
    return [
        job
        for kind in KINDS[1:]
        for job in jobs(kind, args)
        if BASES[job.base].followed
        and (
            job.option == "none"
            or rows.rescued(found.get(job._replace(kind="alone").name, {})) >= ENOUGH
        )
    ]


def forecast(work: Sequence[Job], found: Found, workers: int) -> str:
    """How long the runs will take, by the pace of each base where it is known."""

    def seconds(job: Job) -> float:
        base = found.get(none(job.base), {})
        known = base["seconds"] / base["steps"] / len(base["seeds"]) if "seconds" in base else 0.0
        pace = known or BASES[job.base].pace
        return START + pace * ratio(job.group, job.option) * job.steps * job.seeds

    hours = sum(map(seconds, work)) / workers / 3600
    return f"{len(work)} runs, {workers} at a time: about {hours:.1f} hours"


def fill(work: Sequence[Job], found: Found, file: Path, args: argparse.Namespace) -> None:
    """Trains what is not known yet."""
    left = [job for job in work if not is_done(job, found, args.runs)]
    print(forecast(left, found, args.workers), flush=True)
    words = {job.name: job.words(args.runs, args.settings) for job in left}
    pool.fill(found, file, words, pool.Pool(args.runs, args.workers, MINUTES), rows.condense)


def forget(found: Found, args: argparse.Namespace) -> None:
    """Drops the options that were asked for, and their runs; all of them where none was."""
    for job in chain.from_iterable(jobs(kind, args) for kind in KINDS):
        if not args.only or job.option in args.only:
            found.pop(job.name, None)
            shutil.rmtree(args.runs / job.name, ignore_errors=True)


def write_tables(found: Found) -> None:
    results = DOCS / "RESULTS.md"
    text = results.read_text(encoding="utf-8")
    for name, base in BASES.items():
        parts = [rows.table(found, name, base.asks), say_missing(found, name)]
        text = tables.replaced(text, f"rescue {name}", "\n\n".join(filter(None, parts)))
    results.write_text(text, encoding="utf-8")
    for page in READMES:
        text = tables.replaced(
            page.read_text(encoding="utf-8"), "cures", rows.best(found, "ring", SHOWN)
        )
        page.write_text(text, encoding="utf-8")


def say_missing(found: Found, base: str) -> str:
    """A sentence on the options that have not been added to a base yet; "" where none is left."""
    wanted = [f"{base}-alone/{group}-{option}" for group, option in added(base, [])]
    known = sum(name in found for name in wanted)
    if known == len(wanted):
        return ""
    return f"So far {known} of {len(wanted)} options have been added to this game."


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("settings", nargs="*", metavar="KEY=VALUE", help="for every run: a trial")
    parser.add_argument("--workers", type=int, default=2, help="runs at a time, one a core")
    parser.add_argument("--runs", type=Path, default=Path("runs/rescue"))
    parser.add_argument("--bases", nargs="+", choices=BASES, default=[*BASES])
    parser.add_argument("--only", nargs="+", default=[], help="strategies and objectives")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--anew", action="store_true", help="forget what is known of these")
    parser.add_argument("--table", action="store_true", help="train nothing")
    args = parser.parse_args()
    args.runs = args.runs / f"{args.steps}x{args.seeds}"  # other lengths are other runs
    return args


def main() -> None:
    args = read_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    file = args.runs / "rescue.json" if args.settings else DOCS / "rescue.json"
    found: Found = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    if args.anew:
        forget(found, args)
    if not args.table:
        fill([*jobs("alone", args)], found, file, args)
        fill(to_follow(found, args), found, file, args)
    if args.settings:
        print("\n\n".join(rows.table(found, base, BASES[base].asks) for base in args.bases))
    else:
        write_tables(found)


if __name__ == "__main__":
    main()

"""`mcgan compare` over a large study: how long it takes the first time, and again.

    python benchmarks/studies.py [--runs 10000] [--settings 500] [--json FILE]

The directories are copies of one short run's files, with other rates and seeds, and with as many
rows as 3,000 steps have. The index lies in a cache of its own, so the first time reads every file.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

ROWS = 60  # log lines of a run
EVALUATIONS = 3


def template(folder: Path) -> dict[str, Any]:
    """The contents of a short run's status, result and metrics."""
    words = [
        "train",
        "arch.width=64",
        "train.steps=20",
        "train.log_every=10",
        "eval.every=10",
        "eval.samples=500",
        "train.compile=false",
        f"runs_dir={folder}",
        "name=template",
    ]
    subprocess.run([sys.executable, "-m", "mcgan", *words], check=True, capture_output=True)
    run = folder / "template"
    rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    return {
        "status": json.loads((run / "status.json").read_text()),
        "rows": rows,
        "result": json.loads((run / "result.json").read_text()),
    }


def write_study(folder: Path, made: dict[str, Any], runs: int, settings: int) -> None:
    """``runs`` directories: each of ``settings`` learning rates with as many seeds."""
    train = next(row for row in made["rows"] if row["kind"] == "train")
    seen = next(row for row in made["rows"] if row["kind"] == "eval")
    lines = [train | {"step": 50 * i} for i in range(1, ROWS + 1)]
    lines += [seen | {"step": 1000 * i} for i in range(1, EVALUATIONS + 1)]
    metrics = "".join(json.dumps(row) + "\n" for row in lines)
    for number in range(runs):
        seed, setting = divmod(number, settings)
        config = made["status"]["config"] | {"seed": seed, "name": f"study{number}"}
        config["optim"] = config["optim"] | {"lr": 1e-4 * (1 + setting)}
        run = folder / f"optim.lr-{setting}_seed-{seed}"
        run.mkdir(parents=True)
        (run / "status.json").write_text(json.dumps(made["status"] | {"config": config}))
        (run / "result.json").write_text(json.dumps(made["result"] | {"seeds": [seed]}))
        (run / "metrics.jsonl").write_text(metrics)


class Seconds(NamedTuple):
    """Of a command: what a user waits, and what the processor worked."""

    wall: float
    processor: float


def compare(folder: Path, cache: Path) -> Seconds:
    """Of the whole command, its start included."""
    begin, before = time.perf_counter(), processor()
    subprocess.run(
        [sys.executable, "-m", "mcgan", "compare", str(folder)],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
    )
    return Seconds(time.perf_counter() - begin, processor() - before)


def processor() -> float:
    """Seconds that ended children have worked."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--settings", type=int, default=500, help="with as many seeds each")
    parser.add_argument("--json", help="write the figures here too")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_study(folder / "study", template(folder), args.runs, args.settings)
        times = {which: compare(folder / "study", folder / "cache") for which in ("first", "again")}
    for which, (wall, worked) in times.items():
        print(
            f"{args.runs:,} runs, {args.settings:,} settings, {which}: {wall:.1f} s, "
            f"{worked:.1f} s of the processor"
        )
    if args.json:
        found = {
            "runs": args.runs,
            "settings": args.settings,
            "seconds": {which: each._asdict() for which, each in times.items()},
        }
        Path(args.json).write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()

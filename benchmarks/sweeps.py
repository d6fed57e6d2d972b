"""Sweeps of short runs: over the cores against one by one, a cold start, the time outside steps.

    python benchmarks/sweeps.py [--runs 100] [--steps 2000] [--jobs 2] [--rounds 3] [--json FILE]

Each sweep is a command of its own, `mcgan train -m`, on the ring with the default nets, in a
temporary folder; joblib and serial take turns, and the machine's own ceiling with them: loops of
plain PyTorch, alone and side by side. The share outside steps counts everything from the command's
start to its end: imports, composition, evaluation, pictures, checkpoints, events.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import history

from mcgan.run.metrics_log import read

ONE, CORES = "train.threads=1", "hydra/launcher=cores"


def command(folder: Path, name: str, *words: str) -> list[str]:
    return [sys.executable, "-m", "mcgan", "train", *words, "train.compile=false",
            f"runs_dir={folder}", f"name={name}"]  # fmt: skip


def sweep(folder: Path, name: str, runs: int, steps: int, *words: str) -> float:
    """Seconds of a whole sweep. Raises CalledProcessError where a run fails."""
    given = ["-m", f"seed=range(0,{runs})", f"train.steps={steps}", *words]
    begin = time.perf_counter()
    subprocess.run(command(folder, name, *given), check=True, capture_output=True)
    return time.perf_counter() - begin


def over_cores(folder: Path, name: str, runs: int, steps: int, jobs: int) -> float:
    return sweep(folder, name, runs, steps, ONE, CORES, f"hydra.launcher.n_jobs={jobs}")


def inside(folder: Path) -> float:
    """Seconds in training steps, of all runs below ``folder``."""
    return sum(map(stepping, sorted(folder.glob("*/metrics.jsonl"))))


def stepping(metrics: Path) -> float:
    seconds, last = 0.0, 0
    for row in read(metrics):
        if row["kind"] == "train":
            seconds += row["time/step_ms"][0] / 1e3 * (row["step"] - last)
            last = row["step"]
    return seconds


def speedup(folder: Path, runs: int, steps: int, jobs: int, rounds: int) -> list[float]:
    """Runs per minute over ``jobs`` processes against serial, round by round; a thread each."""
    ratios = []
    for index in range(rounds):
        serial = sweep(folder, f"serial{index}", runs, steps, ONE)
        wide = over_cores(folder, f"cores{index}", runs, steps, jobs)
        ratios.append(serial / wide)
        print(
            f"  {runs} runs of {steps:,} steps: serial {60 * runs / serial:.1f} runs a minute, "
            f"{jobs} at a time {60 * runs / wide:.1f}: {ratios[-1]:.2f} x",
            flush=True,
        )
    return ratios


PLAIN = """
import sys, time, torch
sys.path.insert(0, sys.argv[1])
from loops import Loop
from workloads import WORKLOADS
torch.set_num_threads(1)
loop = Loop(WORKLOADS["mlp128"])
for _ in range(50): loop.step()
begin = time.perf_counter()
for _ in range(2000): loop.step()
print(time.perf_counter() - begin)
"""


def ceiling(jobs: int) -> float:
    """Plain loops a second of ``jobs`` processes side by side, against one alone."""

    def seconds(count: int) -> float:
        words = [sys.executable, "-c", PLAIN, str(Path(__file__).parent)]
        running = [subprocess.Popen(words, stdout=subprocess.PIPE) for _ in range(count)]
        return statistics.mean(float(each.communicate()[0]) for each in running)

    return jobs * seconds(1) / seconds(jobs)


def first_step(folder: Path, name: str) -> float:
    """Seconds from the command to the end of its first step, eager."""
    words = command(folder, name, "train.steps=1000000", "train.log_every=1", "eval.every=0")
    begin, metrics = time.perf_counter(), folder / name / "metrics.jsonl"
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with process:
        while not (metrics.is_file() and metrics.stat().st_size) and process.poll() is None:
            time.sleep(0.002)
        seconds = time.perf_counter() - begin
        if process.poll() is not None:
            raise SystemExit("the run ended before its first step")
        process.kill()
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100, help="of the sweep whose time is split")
    parser.add_argument("--steps", type=int, default=2000, help="of each run")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="at a time")
    parser.add_argument("--short", type=int, default=16, help="runs of a sweep that is repeated")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", help="write the figures here too")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        starts = [first_step(folder, f"start{index}") for index in range(args.rounds)]
        print(f"cold start to the end of the first step: {statistics.median(starts):.2f} s")
        ratios = speedup(folder, args.short, args.steps, args.jobs, args.rounds)
        ceilings = [ceiling(args.jobs) for _ in range(args.rounds)]
        print(
            f"{args.jobs} at a time against serial: {statistics.median(ratios):.2f} x; "
            f"plain loops: {statistics.median(ceilings):.2f} x"
        )
        seconds = sweep(folder, "split", args.runs, args.steps, ONE)
        steps = inside(folder / "split")
        share, fixed = 1 - steps / seconds, (seconds - steps) / args.runs
        print(
            f"{args.runs} runs of {args.steps:,} steps: {100 * share:.1f} % outside steps, "
            f"{fixed:.2f} s a run"
        )
        many = seconds / over_cores(folder, "many", args.runs, args.steps, args.jobs)
        print(f"{args.runs} runs, {args.jobs} at a time against serial: {many:.2f} x")
    found = {
        "runs": args.runs,
        "steps": args.steps,
        "jobs": args.jobs,
        "cold start": starts,
        "speedup": ratios,
        "ceiling": ceilings,
        "short": args.short,
        "speedup of all": many,
        "share outside": share,
        "seconds a run outside": fixed,
        "ms a step": 1e3 * steps / args.runs / args.steps,
    }
    history.add("sweeps", found)
    if args.json:
        Path(args.json).write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()

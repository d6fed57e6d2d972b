"""A sweep as one program against the same jobs one after another, and over the cores.

    python benchmarks/sweep.py [--steps 3000] [--rates 4] [--gammas 4] [--seeds 4] [--jobs 2]
                               [--rounds 1] [--small] [--json FILE]

64 jobs of 2 x 64 nets by default: whole commands, from imports to the table of all runs. Of each
round the ratios are of its own times: by the clock, and by the seconds of processor of all
processes, which other work on the machine hardly changes. A sweep that keeps all cores busy takes
these over their number by the clock. ``--small`` is 8 jobs of 200 steps, to see that it works.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

NETS = ("arch.width=64", "reg=r1", "train.batch_size=64", "train.threads=1")
RATES = (1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3)
GAMMAS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
WAYS = {
    "serial": ("hydra/launcher=basic",),
    "cores": ("hydra/launcher=cores", "hydra.launcher.n_jobs=JOBS"),
    "vectorized": ("hydra/launcher=vectorized",),
}


Seconds = tuple[float, float]  # by the clock, of processor


def sweep(folder: Path, name: str, args: argparse.Namespace, *words: str) -> Seconds:
    """Seconds of a whole sweep. Raises CalledProcessError where a run fails."""
    given = [
        f"optim.lr={','.join(map(str, RATES[: args.rates]))}",
        f"reg.r1.gamma={','.join(map(str, GAMMAS[: args.gammas]))}",
        f"seed=range(0,{args.seeds})",
        f"train.steps={args.steps}",
        *NETS,
        *words,
    ]
    begin, before = time.perf_counter(), processor()
    subprocess.run(
        [
            sys.executable,
            "-m",
            "mcgan",
            "train",
            "-m",
            *given,
            f"runs_dir={folder}",
            f"name={name}",
        ],
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - begin, processor() - before


def processor() -> float:
    """Seconds of processor of all processes that were begun here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(folder: Path, index: int, args: argparse.Namespace) -> dict[str, Seconds]:
    """Seconds by way, of one round."""
    found = {}
    for way, words in WAYS.items():
        own = [word.replace("JOBS", str(args.jobs)) for word in words]
        found[way] = sweep(folder, f"{way}{index}", args, *own)
        ended = len([*(folder / f"{way}{index}").glob("*/result.json")])
        clock, used = found[way]
        print(f"  {way}: {clock:.1f} s, {used:.1f} of processor, for {ended} runs", flush=True)
    return found


def ratios_to(way: str, rounds: list[dict[str, Seconds]]) -> list[list[float]]:
    """Of each round, the seconds of one program over those of another way, of either kind."""
    return [
        [mine / theirs for mine, theirs in zip(each["vectorized"], each[way], strict=True)]
        for each in rounds
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=3000, help="of each run")
    parser.add_argument("--rates", type=int, default=4)
    parser.add_argument("--gammas", type=int, default=4)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="at a time, over cores")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--small", action="store_true", help="8 jobs of 200 steps")
    parser.add_argument("--json", help="write the figures here too")
    args = parser.parse_args()
    if args.small:
        args.rates, args.gammas, args.seeds, args.steps = 2, 2, 2, 200
    with tempfile.TemporaryDirectory() as name:
        rounds = [measure(Path(name), index, args) for index in range(args.rounds)]
    ratios = {way: ratios_to(way, rounds) for way in ("serial", "cores")}
    for way, found in ratios.items():
        clock, used = (statistics.median(each) for each in zip(*found, strict=True))
        print(f"vectorized to {way}: {clock:.3f}, of processor {used:.3f}")
    if args.json:
        Path(args.json).write_text(
            json.dumps(
                {
                    "jobs": args.rates * args.gammas * args.seeds,
                    "steps": args.steps,
                    "at a time": args.jobs,
                    "seconds": rounds,
                    "ratios": ratios,
                },
                indent=1,
            )
        )


if __name__ == "__main__":
    main()

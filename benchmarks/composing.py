"""What composing the jobs of a sweep costs, before the first of them starts.

    python benchmarks/composing.py [--jobs 1000] [--json FILE]

Seconds of the processor, as others may use the machine: of one job that Hydra composes whole, of
all jobs as a sweeper looks at them, and of all jobs as hydra/launcher=vectorized makes them, which
is checked configurations and folders. The command does the second and the third, one by one.
"""

import argparse
import json
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import history
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.types import RunMode

from mcgan.cli.jobs import JobWatch
from mcgan.cli.lanes import compose_job
from mcgan.config.choices import ROOT
from mcgan.config.compose import config_loader, register

WORDS = ["reg=r1", "arch.width=64", "train.steps=3000", "name=composing"]


def list_jobs(count: int) -> list[list[str]]:
    """The words of so many jobs: 10 rates, 10 weights, and as many seeds as that takes."""
    numbers = product(range(10), range(10), range(-(-count // 100)))
    jobs = [
        [f"optim.lr={1e-4 * (rate + 1)}", f"reg.r1.gamma={gamma}", f"seed={seed}", *WORDS]
        for rate, gamma, seed in numbers
    ]
    return jobs[:count]


def seconds(work: Callable[[], Any]) -> float:
    """Of the processor."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def measure(count: int) -> dict[str, float]:
    """Seconds of the processor by what they were spent on."""
    register()
    watch, jobs = JobWatch(), list_jobs(count)
    watch.register()
    with config_loader() as loader:
        sweep = loader.load_configuration(ROOT, [*WORDS, "seed=0,1"], run_mode=RunMode.MULTIRUN)
        launcher = SimpleNamespace(
            context=SimpleNamespace(config_loader=loader),
            config=sweep,
            task=SimpleNamespace(watch=watch),
        )
        whole = seconds(lambda: ConfigLoaderImpl.load_sweep_config(loader, sweep, jobs[0]))
        looked = seconds(lambda: [loader.load_sweep_config(sweep, words) for words in jobs])
        made = seconds(lambda: [compose_job(launcher, words, 0) for words in jobs])
    return {"one whole": whole, "looked at": looked, "made": made}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--json", help="write the figures here too")
    args = parser.parse_args()
    found = {"jobs": args.jobs, **measure(args.jobs)}
    print(
        f"one job composed whole: {found['one whole']:.2f} s; {args.jobs:,} jobs looked at: "
        f"{found['looked at']:.1f} s, made: {found['made']:.1f} s of the processor"
    )
    history.add("composing", found)
    if args.json:
        Path(args.json).write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()

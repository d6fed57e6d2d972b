"""Images a second of one run over several processes against one process: a DCGAN on CPUs.

    python benchmarks/devices.py [--devices 2] [--batch 64] [--steps 400] [--rounds 3] [--json FILE]

Each run is a command of its own, `mcgan train`, on Stacked MNIST with the DCGAN of 16 channels, one
thread a process, in a temporary folder. Three kinds of runs take turns: one process, one run over
several, and as many runs apart at the same time, each of a part of the batch. Those that are apart
send nothing to each other: they show what the machine's cores can give. The first quarter of a run
is not counted. Let the machine be quiet, with as many idle cores.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import history

from mcgan.run.metrics_log import read

WORDS = ["dataset=stacked_mnist", "arch=dcgan", "arch.width=16", "arch.critic_width=16",
         "train.threads=1", "train.device=cpu", "eval.every=0", "eval.samples=100"]  # fmt: skip


class Plan(NamedTuple):
    """How many processes share a batch of what size, for how many steps."""

    devices: int
    batch: int
    steps: int


def rate(folder: Path, names: list[str], plan: Plan) -> float:
    """Images that critics see in a second, of runs at the same time. Raises CalledProcessError."""
    running = [start(folder, name, plan) for name in names]
    codes = [each.wait() for each in running]
    for each, code in zip(running, codes, strict=True):
        if code:
            raise subprocess.CalledProcessError(code, each.args)
    return sum(1e3 * plan.batch / step_time(folder / name) for name in names)


def start(folder: Path, name: str, plan: Plan) -> "subprocess.Popen[bytes]":
    """The command of a run, which trains from now on."""
    words = [f"train.devices={plan.devices}", f"train.batch_size={plan.batch}"]
    words += [f"train.steps={plan.steps}", f"train.log_every={plan.steps // 4}"]
    place = [f"runs_dir={folder}", f"name={name}"]
    command = [sys.executable, "-m", "mcgan", "train", *WORDS, *words, *place]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, **quiet)


def step_time(run: Path) -> float:
    """Milliseconds of a step, without the first quarter of a run."""
    rows = [row for row in read(run / "metrics.jsonl") if row["kind"] == "train"]
    return statistics.mean(row["time/step_ms"][0] for row in rows[1:])


def compare(folder: Path, plan: Plan, rounds: int) -> dict[str, list[float]]:
    """Images a second of one process, of several and of runs apart, round by round."""
    alone = plan._replace(devices=1)
    part = alone._replace(batch=plan.batch // plan.devices)
    found: dict[str, list[float]] = {"one": [], "several": [], "apart": []}
    for index in range(rounds):
        found["one"].append(rate(folder, [f"one{index}"], alone))
        found["several"].append(rate(folder, [f"several{index}"], plan))
        names = [f"apart{index}.{rank}" for rank in range(plan.devices)]
        found["apart"].append(rate(folder, names, part))
        last = {key: values[-1] for key, values in found.items()}
        print("  images a second:", *(f"{key} {value:.0f}" for key, value in last.items()))
    return found | ratios(found)


def ratios(found: dict[str, list[float]]) -> dict[str, list[float]]:
    """Times of one process's images, round by round."""
    return {
        name: [value / one for value, one in zip(found[key], found["one"], strict=True)]
        for name, key in {"ratio": "several", "ratio_apart": "apart"}.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=2)
    parser.add_argument("--batch", type=int, default=64, help="of all processes together")
    parser.add_argument("--steps", type=int, default=400, help="of each run, four at least")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    args = parser.parse_args()
    plan = Plan(args.devices, args.batch, args.steps)
    with tempfile.TemporaryDirectory() as name:
        found = compare(Path(name), plan, args.rounds)
    for key, what in {"ratio": "one run over", "ratio_apart": "runs apart in"}.items():
        least, most = min(found[key]), max(found[key])
        middle = statistics.median(found[key])
        print(f"{what} {args.devices} processes: {middle:.2f} x one ({least:.2f} to {most:.2f})")
    history.add("devices", {**plan._asdict(), **found})
    if args.json:
        args.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()

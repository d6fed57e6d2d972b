"""Images a second of one run over several processes against one process: a DCGAN on CPUs.

    python benchmarks/devices.py [--devices 2] [--steps 400] [--rounds 3] [--json FILE]

Each run is a command of its own, `mcgan train`, on Stacked MNIST with the DCGAN of 16 channels,
batch 64, one thread a process, in a temporary folder; runs of one and of several processes take
turns. The first quarter of a run is not counted. Let the machine be quiet, with as many idle cores.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import history

from mcgan.run.metrics_log import read

BATCH = 64
WORDS = ["dataset=stacked_mnist", "arch=dcgan", "arch.width=16", "arch.critic_width=16",
         f"train.batch_size={BATCH}", "train.threads=1", "train.device=cpu", "eval.every=0",
         "eval.samples=100"]  # fmt: skip


def rate(folder: Path, name: str, devices: int, steps: int) -> float:
    """Real images that D sees in a second of a run's steps. Raises CalledProcessError."""
    words = [f"train.devices={devices}", f"train.steps={steps}", f"train.log_every={steps // 4}"]
    place = [f"runs_dir={folder}", f"name={name}"]
    command = [sys.executable, "-m", "mcgan", "train", *WORDS, *words, *place]
    subprocess.run(command, check=True, capture_output=True)
    rows = [row for row in read(folder / name / "metrics.jsonl") if row["kind"] == "train"]
    return 1e3 * BATCH / statistics.mean(row["time/step_ms"][0] for row in rows[1:])


def compare(folder: Path, devices: int, steps: int, rounds: int) -> dict[str, list[float]]:
    """Images a second of one and of several, and their ratios, round by round."""
    found: dict[str, list[float]] = {"one": [], "several": [], "ratio": []}
    for index in range(rounds):
        found["one"].append(rate(folder, f"one{index}", 1, steps))
        found["several"].append(rate(folder, f"several{index}", devices, steps))
        found["ratio"].append(found["several"][-1] / found["one"][-1])
        last = {key: values[-1] for key, values in found.items()}
        print(
            f"  images a second: one process {last['one']:.0f}, "
            f"{devices} processes {last['several']:.0f}: {last['ratio']:.2f} x",
            flush=True,
        )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=2)
    parser.add_argument("--steps", type=int, default=400, help="of each run, four at least")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        found = compare(Path(name), args.devices, args.steps, args.rounds)
    print(f"{args.devices} processes against one: {statistics.median(found['ratio']):.2f} x")
    history.add("devices", {"devices": args.devices, "steps": args.steps, **found})
    if args.json:
        args.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()

"""How long `mcgan judge` takes, and how much memory: vectors of 64 numbers, as a user types it.

    python benchmarks/judge.py                          # 10,000 against 10,000, two threads
    python benchmarks/judge.py --rows 1000000           # judged by a stated subsample
    taskset -c 0,1 python benchmarks/judge.py           # on two cores

It prints seconds of the clock and of the processor, the peak of memory, and what was compared.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

DIMENSIONS, MODES, THREADS = 64, 40, 2
CHUNK = 100_000  # rows drawn at a time


def write(path: Path, rows: int, seed: int) -> None:
    """A mixture of 40 normal laws, written without holding it."""
    random = np.random.default_rng(seed)
    middles = np.random.default_rng(0).normal(scale=3, size=(MODES, DIMENSIONS))
    stored = np.lib.format.open_memmap(path, "w+", np.float32, (rows, DIMENSIONS))
    for start in range(0, rows, CHUNK):
        n = min(CHUNK, rows - start)
        mode = random.integers(MODES, size=n)
        stored[start : start + n] = middles[mode] + random.normal(size=(n, DIMENSIONS))
    stored.flush()


def measure(rows: int, threads: int) -> None:
    """Judges as many fakes as real rows in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        fakes, real = Path(folder) / "fakes.npy", Path(folder) / "real.npy"
        write(fakes, rows, 1)
        write(real, rows, 2)
        begun = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "mcgan", "judge", fakes, real],
            capture_output=True,
            text=True,
            env=os.environ | {"OMP_NUM_THREADS": str(threads)},
        )
        clock = time.monotonic() - begun
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{rows:,} against {rows:,} rows of {DIMENSIONS} numbers, {threads} threads: "
        f"{clock:.1f} s, {used.ru_utime + used.ru_stime:.1f} s of the processor, "
        f"{used.ru_maxrss / 2**20:.2f} GiB, exit code {done.returncode}"
    )
    told = " ".join((done.stdout or done.stderr).split())
    print(told[:120])
    print(*(line for line in done.stdout.splitlines() if "are taken" in line), sep="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--threads", type=int, default=THREADS)
    args = parser.parse_args()
    measure(args.rows, args.threads)


if __name__ == "__main__":
    main()

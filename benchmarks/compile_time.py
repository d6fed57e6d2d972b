"""CPU seconds until the first step is done, with an empty compiler cache and with a full one.

    python benchmarks/compile_time.py [--game plain penalty main] [--steps 200]

Every start is a fresh process on one core, compiled; cold, there is no package of mcgan's and
nothing of torch's. Seconds are those of the processor: of Python up to the first step and
in it, of the C++ compiler, and of both; then a step's ms.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

import engines
import history

WORKLOAD = {"plain": "mlp64", "penalty": "mlp128-gp"}  # 2 x 64; WGAN-GP of 2 x 128
GAMES = [*WORKLOAD, "main"]


def start(game: str, steps: int) -> dict[str, float]:
    """What the first step of this process costs, and a later one."""
    engines.pin(-1)  # before torch counts the cores
    step = step_of(game)
    built, children = time.process_time(), of_children()
    step()
    first = time.process_time()
    found = {
        "start": built,
        "first step": first - built,
        "C++": of_children() - children,
        "all": first + of_children(),
    }
    step()
    begin = time.process_time()
    for _ in range(steps):
        step()
    return found | {"ms a step": (time.process_time() - begin) * 1e3 / steps}


def step_of(game: str) -> Callable[[], object]:
    import main_job
    from ours import trainer
    from workloads import WORKLOADS

    from mcgan.system.device import hasten_steps

    hasten_steps()
    if game in WORKLOAD:
        return trainer(WORKLOADS[WORKLOAD[game]], compiled=True).step
    return main_job.step_of(main_job.GAMES["with minibatch"], 1, True)


def of_children() -> float:
    """CPU seconds of the processes that this one has waited for."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def measure(game: str, steps: int) -> dict[str, dict[str, float]]:
    """A start with nothing cached, and the next one."""
    with tempfile.TemporaryDirectory() as folder:
        # Mcgan keeps its packages in the first, and torch its cache and its headers in the others.
        places = {
            "XDG_CACHE_HOME": folder,
            "TORCHINDUCTOR_CACHE_DIR": f"{folder}/cache",
            "TMPDIR": folder,
        }
        words = [sys.executable, __file__, "--start", game, "--steps", str(steps)]
        found = {}
        for state in ("cold", "warm"):
            done = subprocess.run(
                words, env=os.environ | places, check=True, stdout=subprocess.PIPE
            )
            found[state] = json.loads(done.stdout.splitlines()[-1])
        return found


def report(games: list[str], steps: int) -> None:
    figures = {}
    for game in games:
        figures[game] = measure(game, steps)
        for state, found in figures[game].items():
            print(f"{game} {state}:", ", ".join(f"{k} {v:.2f}" for k, v in found.items()))
    history.add("compile_time", figures)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--game", nargs="+", choices=GAMES, default=GAMES)
    parser.add_argument("--steps", type=int, default=200, help="that are timed after the first")
    parser.add_argument("--start", choices=GAMES, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.start:
        print(json.dumps(start(args.start, args.steps)))
    else:
        report(args.game, args.steps)


if __name__ == "__main__":
    main()

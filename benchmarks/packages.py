"""A step as a package beside the same step by torch.compile, in turns: ms of the processor.

    python benchmarks/packages.py [--workload mlp64 mlp64-gp] [--rounds 15] [--steps 64]

Both train the same games in one process on one core, so that other processes slow both alike; the
ratio is the median of those of the rounds.
"""

import argparse
import statistics
from typing import Any

import engines
import history
from workloads import WORKLOADS


def compare(workload: str, rounds: int, steps: int) -> dict[str, Any]:
    """ms of a step of each, and their ratio's median, least and greatest."""
    from rounds import CLOCKS, milliseconds, spread
    from sides import Side, repeated

    made = {"package": trainer(workload), "torch.compile": by_torch(trainer(workload))}
    sides = {name: Side(repeated(each.step, steps), steps) for name, each in made.items()}
    for side in sides.values():
        side.call()  # compiles
    rows = [
        {name: milliseconds(side, 0.0, CLOCKS["cpu"]) for name, side in sides.items()}
        for _ in range(rounds)
    ]
    ratios = [row["package"] / row["torch.compile"] for row in rows]
    return {name: statistics.median(row[name] for row in rows) for name in sides} | {
        "ratio": spread(ratios)
    }


def trainer(workload: str) -> Any:
    import ours

    return ours.trainer(WORKLOADS[workload], compiled=True)


def by_torch(trainer: Any) -> Any:
    """A compiled trainer whose moves and step are torch.compile's."""
    from mcgan.engine.compiled import compile_lean

    for each in filter(None, [*trainer.moves.values(), trainer.compiled_step]):
        each.run = compile_lean(each.update, trainer.replicas.like.device)
    return trainer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--workload", nargs="+", choices=WORKLOADS, default=["mlp64", "mlp64-gp"])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--steps", type=int, default=64, help="in a row, of one trainer")
    args = parser.parse_args()
    engines.pin(-1)  # before torch counts the cores
    from mcgan.system.device import hasten_steps

    hasten_steps()
    figures = {name: compare(name, args.rounds, args.steps) for name in args.workload}
    history.add("packages", figures)
    for name, found in figures.items():
        ratio = "ratio {:.2f} ({:.2f} … {:.2f})".format(*found.pop("ratio"))
        times = ", ".join(f"{each} {ms:.3f} ms" for each, ms in found.items())
        print(f"{name}: {times}, {ratio}")


if __name__ == "__main__":
    main()

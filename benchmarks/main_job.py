"""What minibatch discrimination adds to a step of WGAN-GP, as `mcgan train` makes both.

    python benchmarks/main_job.py [--replicas 1 10] [--eager] [--rounds 15]

Both games train in one process and take turns step by block, so that other processes slow both
alike; the ratio is that of the medians of their step times. Time is that of the CPU.
"""

import argparse
import statistics
from collections.abc import Callable

import engines
import history

GAMES = {"WGAN-GP": (), "with minibatch": ("reg=[minibatch]",)}
Times = dict[str, list[float]]


def compare(replicas: int, compiled: bool, rounds: int, steps: int) -> Times:
    """ms of a step of all replicas, a value a round, by game."""
    from rounds import CLOCKS, milliseconds
    from sides import Side, repeated

    made = {name: Side(repeated(step_of(words, replicas, compiled), steps), steps)
            for name, words in GAMES.items()}  # fmt: skip
    for side in made.values():
        side.call()  # compiles
    found: Times = {name: [] for name in made}
    for _ in range(rounds):
        for name, side in made.items():
            found[name].append(milliseconds(side, 0.0, CLOCKS["cpu"]))
    return found


def step_of(words: tuple[str, ...], replicas: int, compiled: bool) -> Callable[[], object]:
    """A step of the main job's objective, at the defaults but for ``words``."""
    from mcgan.config.compose import compose
    from mcgan.experiment.components import build_components

    place = ("name=main_job", f"replicas={replicas}", "train.device=cpu", "train.steps=1000000")
    config = compose("objective=wgan_gp", *place, *words).config
    return build_components(config).trainer(compiled).step


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--replicas", type=int, nargs="+", default=[1, 10])
    parser.add_argument("--eager", action="store_true", help="not compiled")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--steps", type=int, default=16, help="in a row, of one game")
    args = parser.parse_args()
    engines.pin(-1)  # before torch counts the cores
    from mcgan.system.device import hasten_steps

    hasten_steps()
    ratios = {}
    for replicas in args.replicas:
        found = compare(replicas, not args.eager, args.rounds, args.steps)
        medians = {name: statistics.median(times) for name, times in found.items()}
        ratios[str(replicas)] = medians["with minibatch"] / medians["WGAN-GP"]
        shown = ", ".join(f"{name} {ms:.3f} ms" for name, ms in medians.items())
        print(f"{replicas} replicas: {shown}, ratio {ratios[str(replicas)]:.2f}")
    history.add("main job eager" if args.eager else "main job", {"ratio by replicas": ratios})


if __name__ == "__main__":
    main()

"""What strategies add to a compiled step of replicas, against the same step without.

    python benchmarks/strategies.py [--replicas 16] [--rounds 7] [--json strategies.json]

All chains of a workload take turns within a round, on one core; a ratio is of two figures of one
round. Time is that of the CPU.
"""

import argparse
import json
from pathlib import Path

import engines
import history
from workloads import WORKLOADS, Workload

CHAINS = {
    "none": (),
    "replay": ("replay",),
    "ema": ("ema",),
    "clip": ("clip",),
    "replay + ema + clip": ("replay", "ema", "clip"),
}
CHOSEN = ("mlp64", "mlp128")
Rows = dict[str, dict[str, object]]


def compare(work: Workload, replicas: int, rounds: int, seconds: float) -> Rows:
    """ms a step and replica, and the ratio to no strategy with its spread, by chain."""
    from ours import trainer
    from rounds import CLOCKS, milliseconds, spread
    from sides import Side, repeated

    from mcgan.system.device import hasten_steps

    hasten_steps()
    made = {
        name: trainer(work, replicas, compiled=True, more=chain) for name, chain in CHAINS.items()
    }
    sides = {
        name: Side(repeated(each.step, each.draws.rows.steps), each.draws.rows.steps, replicas)
        for name, each in made.items()
    }
    for side in sides.values():
        side.call()  # compiles
    found = [
        {name: milliseconds(side, seconds, CLOCKS["cpu"]) for name, side in sides.items()}
        for _ in range(rounds)
    ]
    return {
        name: {
            "ms": spread([row[name] for row in found])[0],
            "ratio": spread([row[name] / row["none"] for row in found]),
        }
        for name in sides
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--replicas", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.5, help="of each measurement, at least")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    args = parser.parse_args()
    engines.pin(-1)  # before torch counts the cores
    found: dict[str, object] = {"replicas": args.replicas, "cpu": engines.cpu(), "workloads": {}}
    for name in CHOSEN:
        work = WORKLOADS[name]
        rows = compare(work, args.replicas, args.rounds, args.seconds)
        found["workloads"][work.says] = rows  # type: ignore[index]
        print(f"\n{work.says}, {args.replicas} compiled replicas")
        for chain, row in rows.items():
            middle, low, high = row["ratio"]  # type: ignore[misc]
            print(
                f"  {chain:22}{row['ms']:8.4f} ms a step and replica {middle:6.2f} x"
                f" ({low:.2f} … {high:.2f})"
            )
    history.add("strategies", found)
    if args.json:
        args.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()

"""Draw how the figures of a benchmark changed over its runs, and say which changed last.

    python benchmarks/draw_history.py engines --figures "ms" --out engines.png

Reads benchmarks/history.jsonl. Each machine is a line of its own. Figures of the newest run that
are more than 10 % from the median of that machine's earlier runs are printed.
"""

import argparse
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import history

from mcgan.view.figures.style import new_figure, png

ALARM = 0.10
MOST = 12  # panels of a drawing

Runs = Sequence[dict[str, Any]]


def changes(runs: Runs) -> Iterator[str]:
    """The figures of the newest run that are far from the earlier ones of its machine."""
    *before, last = runs
    peers = [run for run in before if run["machine"] == last["machine"]]
    for name, value in last["figures"].items():
        earlier = [run["figures"][name] for run in peers if name in run["figures"]]
        usual = statistics.median(earlier) if earlier else 0.0
        if usual and abs(value / usual - 1) > ALARM:
            yield f"{name}: {value:.4g}, usually {usual:.4g} ({100 * (value / usual - 1):+.0f} %)"


def draw(runs: Runs, names: Sequence[str]) -> bytes:
    """A PNG: a panel for each figure, a line for each machine, one point a run."""
    figure = new_figure(7.0, 2.2 * len(names))
    figure.subplots_adjust(hspace=0.8)
    ticks = [f"{run['date'][:10]}\n{run['commit'][:7]}" for run in runs]
    for number, name in enumerate(names, 1):
        axes = figure.add_subplot(len(names), 1, number)
        axes.set_title(name, fontsize=8)
        for machine in dict.fromkeys(run["machine"] for run in runs):
            points = [
                (place, run["figures"][name])
                for place, run in enumerate(runs)
                if run["machine"] == machine and name in run["figures"]
            ]
            if points:
                axes.plot(*zip(*points, strict=True), marker="o", label=machine)
        axes.set_xticks(range(len(runs)), ticks, fontsize=6)
    figure.axes[0].legend(fontsize=6)
    return png(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("benchmark", help="engines, strategies, sweeps or overhead")
    parser.add_argument("--figures", default="", help="only those with this text in their name")
    parser.add_argument("--file", type=Path, default=history.FILE)
    parser.add_argument("--out", type=Path, default=Path("benchmark_history.png"))
    args = parser.parse_args()
    runs = [run for run in history.read(args.file) if run["benchmark"] == args.benchmark]
    if not runs:
        raise SystemExit(f"{args.file} has no run of {args.benchmark}: run the benchmark first")
    names = [name for name in runs[-1]["figures"] if args.figures in name]
    if not names:
        raise SystemExit(f"no figure of {args.benchmark} has {args.figures!r} in its name")
    print("\n".join(changes(runs)) or "nothing changed by more than 10 %")
    args.out.write_bytes(draw(runs, names[:MOST]))
    print(args.out)


if __name__ == "__main__":
    main()

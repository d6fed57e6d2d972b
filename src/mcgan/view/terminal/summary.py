"""What stands in the terminal when a run has ended."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mcgan.metrics.measures import MEASURES, Measure, measure

LEAST = 76  # columns of the table: a narrower terminal breaks lines, but no number
HEADS = ("mean", "95 % interval", "perfect", "real data")


def closing(
    folder: Path, result: Mapping[str, Any], state: str = "done", console: Console | None = None,
    saved: Path | None = None,
) -> None:
    """The table of measures, where the files are (``saved``: it), and what to type next."""
    console = console or Console()
    console.width = max(console.width, LEAST)
    console.print(table(result, state))
    if len(result["seeds"]) == 1:
        console.print(Text("One replica has no interval; replicas=8 trains eight at once.", "dim"))
    pictures = sorted((folder / "figures").glob(f"*-{result['step']:08d}.png"))
    verdict = result.get("verdict", {}).get("text")  # a later evaluation has none
    files = [("picture", path) for path in pictures] if saved is None else [("saved", saved)]
    lines = [("remark", text) for text in result.get("remarks", ())]  # runs of old have none
    lines += [("verdict", verdict)] if verdict else []
    lines += [("run", str(folder)), *((name, str(path)) for name, path in files)]
    lines += [("next", command) for command in commands(folder)]
    for name, text in lines:  # never wrapped: paths are there to be copied
        console.print(Text.assemble((f"{name:8}", "dim"), text), soft_wrap=True)


def table(result: Mapping[str, Any], state: str = "done") -> Table:
    count = len(result["seeds"])
    head = f"{state} at step {result['step']:,} · {count} replica{'s' if count > 1 else ''}"
    shown = Table(title=head, title_justify="left", title_style="bold", box=None, pad_edge=False)
    shown.add_column("", no_wrap=True)
    for column in HEADS:
        shown.add_column(column, justify="right", no_wrap=True)
    for key in (*MEASURES, *(key for key in result["metrics"] if key not in MEASURES)):
        if key in result["metrics"]:
            shown.add_row(*row(measure(key), result["metrics"][key]))
    return shown


def row(measure: Measure, metric: Mapping[str, Any]) -> tuple[str, ...]:
    ends = metric["interval"]
    interval = "–" if ends is None else " … ".join(map(measure.show, ends))
    others = (measure.show(metric[name]) for name in ("perfect", "real"))
    return (measure.label, measure.show(metric["mean"]), interval, *others)


def commands(folder: Path) -> list[str]:
    """What to type next; without a checkpoint there is nothing to draw from or to go on with."""
    import shlex

    place = shlex.quote(str(folder))
    if not any(folder.glob("checkpoints/*.pt")):
        return [f"mcgan dashboard {place}"]
    return [
        f"mcgan dashboard {place}",
        f"mcgan sample {place} --n 1000 --out samples.npy",
        f"mcgan resume {place} train.steps=N    (to train on)",
    ]

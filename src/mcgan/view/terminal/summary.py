"""What stands in the terminal when a run has ended."""

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mcgan.metrics.measures import MEASURES, Measure, measure

LEAST = 76  # columns of the table: a narrower terminal breaks lines, but no number
HEADS = ("mean", "95 % interval", "perfect", "real data")
FEW = 3  # replicas up to which values say more than an interval


def closing(
    folder: Path,
    result: Mapping[str, Any],
    state: str = "done",
    console: Console | None = None,
    saved: Path | None = None,
    offers: bool = True,
) -> None:
    """The table of measures, where the files are (``saved``: it), and what to type next.

    A job of a sweep ``offers`` nothing: the sweep goes on.
    """
    console = console or Console()
    console.width = max(console.width, LEAST)
    console.print(table(result, state))
    if len(result["seeds"]) == 1 and offers:
        console.print(Text("One replica has no interval; replicas=8 trains eight at once.", "dim"))
    said = [*(("remark", text) for text in result.get("remarks", ())), *verdict(result)]
    console.print(grid(said))
    lines = [("run", str(folder))]
    lines += figures(folder, result["step"]) if saved is None else [("saved", str(saved))]
    next_ones = commands(folder, result["step"]) if offers else []
    lines += [("next", command) for command in next_ones]
    for name, text in lines:  # never wrapped: paths are there to be copied
        console.print(Text.assemble((f"{name:8}", "dim"), text), soft_wrap=True)


def verdict(result: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What has become of the run, why, and what to try; a later evaluation has none of it."""
    found = result.get("verdict", {})
    yield from [("verdict", found["state"])] if "state" in found else []
    yield from [("cause", f"most likely {found['cause']}")] if found.get("cause") else []
    yield from [("try", word) for word in found.get("try", ())]


def grid(lines: list[tuple[str, str]]) -> Table:
    """Sentences beside their names, wrapped between words; a name is said once."""
    shown = Table.grid(padding=(0, 1))
    shown.add_column(width=7, style="dim")
    shown.add_column(overflow="fold")
    before = ""
    for name, text in lines:
        shown.add_row(name if name != before else "", Text(text))
        before = name
    return shown


def figures(folder: Path, step: int) -> list[tuple[str, str]]:
    """The pictures of the last step in a line, relative to the run's folder."""
    end = f"-{step:08d}.png"
    names = [path.name.removesuffix(end) for path in sorted(folder.glob(f"figures/*{end}"))]
    return [("figures", f"figures/*{end}: {', '.join(names)}")] if names else []


def table(result: Mapping[str, Any], state: str = "done") -> Table:
    """The table at the end of a run: a row for each measure, means over replicas."""
    count = len(result["seeds"])
    head = f"{state} at step {result['step']:,} · {count} replica{'s' if count > 1 else ''}"
    shown = Table(title=head, title_justify="left", title_style="bold", box=None, pad_edge=False)
    shown.add_column("")  # its words give way to the numbers
    for column in heads(count):
        shown.add_column(column, justify="right", no_wrap=True)
    for key in (*MEASURES, *(key for key in result["metrics"] if key not in MEASURES)):
        if key in result["metrics"]:
            label, mean, spread, *others = row(measure(key), result["metrics"][key])
            shown.add_row(label, mean, *([spread] if count > 1 else []), *others)
    return shown


def heads(replicas: int) -> tuple[str, ...]:
    """The heads of the columns: a mean and an interval, or the values of few replicas."""
    mean, interval, *others = HEADS
    if replicas == 1:
        return ("score", *others)
    return (mean, "of each" if replicas <= FEW else interval, *others)


def row(measure: Measure, metric: Mapping[str, Any]) -> tuple[str, ...]:
    """Label, mean, interval (of few replicas their scores), a perfect sampler's, real data's."""
    others = (measure.show(metric[name]) for name in ("perfect", "real"))
    mean = measure.show_mean(metric["mean"], metric.get("values", ()))
    return (measure.label, mean, spread(measure, metric), *others)


def spread(measure: Measure, metric: Mapping[str, Any]) -> str:
    """What stands beside a mean: a few replicas' values, or the interval of many."""
    ends, values = metric["interval"], metric.get("values", ())
    if 1 < len(values) <= FEW:
        return list_values([*map(measure.show, values)])
    return "–" if ends is None else " … ".join(map(measure.show, ends))


def list_values(texts: list[str]) -> str:
    """`88.7, 90.1 %`: a unit is said once, and so is that there is no value."""
    unit = " %" if all(text.endswith(" %") for text in texts) else ""
    known = [text.removesuffix(unit) for text in texts]
    return known[0] if {*known} == {"–"} else ", ".join(known) + unit


def commands(folder: Path, step: int) -> list[str]:
    """What to type next; without a checkpoint there is nothing to draw from or to go on with."""
    place = shlex.quote(str(folder))
    if not any(folder.glob("checkpoints/*.pt")):
        return [f"mcgan dashboard {place}"]
    return [
        f"mcgan dashboard {place}",
        f"mcgan sample {place} --n 1000 --out samples.npy",
        f"mcgan resume {place} train.steps={2 * step}",
    ]

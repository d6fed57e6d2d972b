"""Published rows as text of at most 80 columns: one beside what was measured, or a list."""

from collections.abc import Iterator, Mapping
from textwrap import wrap
from typing import Any

from mcgan.metrics.measures import Measure, measure

WIDE = 80
LEAD = 11  # columns of the words at the left
HEADS = ("", "published", "measured", "95 % interval", "perfect")


def comparison(content: Mapping[str, Any]) -> str:
    """The table of `experiment.reproduction.side_by_side`, and what must be known beside it."""
    above = [
        f"paper/{content['row']}, {content['state']} at step {content['step']:,}",
        *told("published", describe_source(content)),
        *told("measured", describe_run(content)),
        *told("changed", " ".join(content["changed"])),
        "",
    ]
    below = [
        *told("says", content["says"]),
        *told("differs", *content["differs"]),
        f"{'run':{LEAD}}{content['run']}",
    ]  # never wrapped: paths are there to be copied
    return "\n".join([*above, *table(content["measures"]), "", *below])


def describe_source(content: Mapping[str, Any]) -> str:
    """Where published numbers come from: the paper's table, its runs, and what ± stands for."""
    runs = [f"{content['runs']} runs"] if content["runs"] else []
    spread = [f"± is the {content['spread']}"] if content["spread"] else []
    return "; ".join([content["source"], *runs, *spread])


def describe_run(content: Mapping[str, Any]) -> str:
    """How the run was measured: seeds, protocol and number of samples."""
    seeds = content["seeds"]
    named = f"{'seed' if len(seeds) == 1 else 'seeds'} {', '.join(map(str, seeds))}"
    return f"{named}; protocol {content['protocol']}, {content['samples']:,} samples of each"


def table(measures: Mapping[str, Any]) -> list[str]:
    """The lines of published and measured numbers, with heads."""
    rows = [HEADS, *(row(measure(key), pair) for key, pair in measures.items())]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        cells[0].ljust(widths[0])
        + "".join(cell.rjust(width + 2) for cell, width in zip(cells[1:], widths[1:], strict=True))
        for cells in rows
    ]


def row(known: Measure, pair: Mapping[str, Any]) -> tuple[str, ...]:
    """The cells of a measure; en dashes for what is not published, or not measured."""
    found = pair["measured"] or {"mean": None, "interval": None, "perfect": None}
    return (
        known.label,
        show_published(known, pair["published"]),
        known.show(found["mean"]),
        show_interval(known, found),
        known.show(found["perfect"]),
    )


def show_published(known: Measure, figure: Mapping[str, Any] | None) -> str:
    """A published number: `6.3 ± 0.5`, or without a spread `7.2`."""
    if figure is None:
        return known.show(None)
    spread = [] if figure["spread"] is None else [known.show(figure["spread"])]
    return " ± ".join([known.show(figure["mean"]), *spread])


def show_interval(known: Measure, metric: Mapping[str, Any]) -> str:
    """A measured interval: `5.9 … 7.1`; one seed has none."""
    ends = metric["interval"]
    return known.show(None) if ends is None else " … ".join(map(known.show, ends))


def told(lead: str, *texts: str) -> Iterator[str]:
    """Texts in lines that begin at one column, the first with its lead; nothing for no text."""
    for text in filter(None, texts):
        for line in wrap(text, WIDE - LEAD, break_on_hyphens=False):
            yield f"{lead:{LEAD}}{line}"
            lead = ""


def entry(content: Mapping[str, Any]) -> str:
    """A row of the list: its size and forecast, then its source."""
    nets = f"{content['replicas']} nets" if content["replicas"] > 1 else "1 net"
    size = f"{content['row']:<24}{nets}, {content['steps']:,} steps"
    seconds = content["seconds"]
    time = "no forecast" if seconds is None else f"about {duration(seconds)}"
    texts = [content["source"], content["why"]]
    lines = (line for text in texts for line in wrap(text, WIDE - 4, break_on_hyphens=False))
    return "\n".join([f"{size}, {time}", *(f"    {line}" for line in lines)])


def duration(seconds: float) -> str:
    """A time as people say it: `40 s`, `12 min`, `3.5 h`, `2.1 days`."""
    for unit, length, most in (("s", 1, 90), ("min", 60, 90), ("h", 3600, 48)):
        if seconds < most * length:
            digits = 1 if unit == "h" else 0
            return f"{seconds / length:.{digits}f} {unit}"
    return f"{seconds / 86_400:.1f} days"

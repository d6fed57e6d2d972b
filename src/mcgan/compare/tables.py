"""The cells of the tables, as text: what the terminal, Markdown, LaTeX and HTML have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mcgan.compare.comparison import Section
from mcgan.compare.statistics import SHOWN, Contrast, Row, best
from mcgan.metrics.interval import Interval
from mcgan.metrics.measures import Measure, measure

SHORT = {"modes_covered": "modes covered", "modes_published": "as published",
         "modes_strict": "strict modes", "quality": "quality", "kl": "KL",
         "spread_least": "least spread", "energy": "energy distance",
         "effective_modes": "effective modes"}  # fmt: skip
TIMES = ("collapsed", "steps to full", "s to full", "ms a step")
HEADS = ("seeds", *(SHORT[key] for key in SHOWN), *TIMES)
CONTRAST_HEADS = ("measure", "seeds", "difference (95 % interval)", "p", "p, Holm", "test")
PERFECT = "perfect sampler"
FEW = 3  # seeds whose values say more than an interval of a mean
LEGEND = (
    "Over distinct seeds: mean ± half of its 95 % interval (Student's t) [interquartile mean]; of "
    "counts and shares the ends of a bootstrap interval, which stay in range; where there are "
    "none, the values of two or three seeds. Best first: by modes covered, then quality, then KL.",
    "A mode is covered by 20 % of its share of the high-quality samples, as published by one, and "
    "strict by 20 % of its share of all samples in high-quality ones. Least spread: of the "
    "narrowest mode over the true one. Collapsed: share of "
    "seeds whose verdict says so, inside modes too; where a run has none, of seeds with fewer than "
    "half of the data's effective modes.",
    "To full: the first evaluation with a perfect sampler's strict modes, the median over seeds "
    "where never is latest (how many got there); seconds and milliseconds are of training alone, "
    "a replica's share of its run.",
)
CONTRAST_LEGEND = (
    "Difference: group less baseline. p is two-sided; Holm's correction is for all tests of a "
    "table.",
)


class Cell(NamedTuple):
    """A cell as text, and whether it is the best of its column."""

    text: str
    best: bool = False


@dataclass
class TextTable:
    """A table of text: a head per column, the first column the label."""

    title: str
    heads: tuple[str, ...]
    rows: list[list[Cell]]
    last: list[Cell] | None = None  # beneath, never ranked


def split_columns(table: TextTable, most: int) -> list[TextTable]:
    """The table in several with at most so many columns beside the label, of the same rows."""
    wide = len(table.heads)
    return [
        pick_columns(table, [0, *range(first, min(first + most, wide))])
        for first in range(1, wide, most)
    ]


def pick_columns(table: TextTable, places: Sequence[int]) -> TextTable:
    """The same table with the columns at these places alone, in their order."""
    heads = tuple(table.heads[i] for i in places)
    rows = [[row[i] for i in places] for row in table.rows]
    return TextTable(table.title, heads, rows, table.last and [table.last[i] for i in places])


def text_table(section: Section) -> TextTable:
    """A section's scores as text: a row for each group, and the perfect sampler below."""
    marks = best(section.rows, section.table.perfect)
    lines = [line(row, i, marks) for i, row in enumerate(section.rows)]
    scores = [Cell(measure(key).show(section.table.perfect.get(key))) for key in SHOWN]
    last = [Cell(PERFECT), Cell(""), *scores, *[Cell("")] * len(TIMES)]
    return TextTable(section.table.title, ("", *HEADS), lines, last)


def line(row: Row, i: int, marks: dict[str, set[int]]) -> list[Cell]:
    """The cells of one group. ``marks`` names the best by their places ``i`` in the table."""
    seeds = f"{row.seeds}, {row.diverged} diverged" if row.diverged else str(row.seeds)
    return [
        Cell(row.group.label),
        Cell(seeds),
        *(
            Cell(
                score(key, row.spreads[key], row.middles[key], row.group.values(key)),
                i in marks[key],
            )
            for key in SHOWN
        ),
        Cell(share(row.collapsed), i in marks["collapsed"]),
        Cell(show_reached(row), i in marks["steps"]),
        Cell(short(row.seconds)),
        Cell(short(row.step_ms)),
    ]


def score(
    key: str, spread: Interval, middle: float | None = None, values: Sequence[float | None] = ()
) -> str:
    """`7.5 ± 0.4 [7.6]`, or `7.5 (7.1 … 8) [7.6]`; shares in percent. One value is it alone.

    Two or three values of a signed measure are shown themselves: an interval would tell less.
    """
    one = measure(key)
    mean = one.show_mean(spread.mean, values)
    if spread.mean is None or spread.upper is None:
        return mean
    inner = "" if middle is None else f" [{bare(one, middle)}]"
    if not one.signed:
        ends = f"{bare(one, spread.lower)} … {one.show(spread.upper)}"
        return f"{mean.removesuffix(' %')} ({ends}){inner}"
    known = [value for value in values if value is not None]
    if 1 < len(known) <= FEW:
        return f"{mean} ({', '.join(map(one.show, known))})"
    return f"{mean} ± {one.show(spread.upper - spread.mean)}{inner}"


def bare(one: Measure, value: float | None) -> str:
    """A value without its unit, which stands once in a cell."""
    return one.show(value).removesuffix(" %")


def share(value: float | None) -> str:
    """A share 0..1 as whole percent; a dash if it is not known."""
    return "–" if value is None else f"{100 * value:.0f} %"


def show_reached(row: Row) -> str:
    """`1,200 (6/8)`: the median step, and how many of the seeds got there."""
    if not row.watched:
        return "–"
    steps = "–" if row.steps is None else f"{row.steps:,.0f}"
    return f"{steps} ({row.reached}/{row.watched})"


def short(value: float | None) -> str:
    """A number with three digits, or whole from 100 on; a dash if it is not known."""
    if value is None:
        return "–"
    return f"{value:.3g}" if value < 100 else f"{value:,.0f}"


def contrast_table(section: Section) -> TextTable | None:
    """The tests against the baseline, if there are any."""
    if not section.baseline or not section.tests:
        return None
    title = f"Against {section.baseline.label}"
    return TextTable(title, ("", *CONTRAST_HEADS), [contrast_line(test) for test in section.tests])


def contrast_line(test: Contrast) -> list[Cell]:
    """The cells of a test against the baseline, marked if the corrected p is below 0.05."""
    texts = [test.label, SHORT[test.key], test.count, change(test.key, test.difference),
             chance(test.p), chance(test.holm), test.method]  # fmt: skip
    significant = test.holm is not None and test.holm < 0.05
    return [Cell(text, significant and i == 5) for i, text in enumerate(texts)]


def change(key: str, spread: Interval) -> str:
    """With its sign, and the ends of its interval."""
    if spread.mean is None:
        return "–"
    show = measure(key).show
    sign = "+" if spread.mean > 0 else ""
    if spread.lower is None or spread.upper is None:
        return sign + show(spread.mean)
    return f"{sign}{show(spread.mean)} ({show(spread.lower)} … {show(spread.upper)})"


def chance(p: float | None) -> str:
    """A p-value with three decimals; a dash where no test was made."""
    if p is None:
        return "–"
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def legend(sections: Sequence[Section]) -> tuple[str, ...]:
    """What the columns mean, line by line; with the tests' columns if there is a baseline."""
    return LEGEND + (CONTRAST_LEGEND if any(each.baseline for each in sections) else ())

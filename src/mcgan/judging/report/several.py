"""Several generators side by side, against the same real data."""

from collections.abc import Sequence

from mcgan.judging import told_numbers, words
from mcgan.judging.measures import Measured
from mcgan.judging.report.advice import tell_advice
from mcgan.judging.report.judged_pair import JudgedPair
from mcgan.judging.report.text import tell_given, tell_verdict

SHOWN = ("coverage", "precision", "spread")
HEADS = ("generator", "verdict", "missing, %", *SHOWN)
WIDTHS = (24, 17, 13)  # columns; the measures take 8, 9 and 7
Cells = tuple[str, ...]


def tell_several(found: Sequence[JudgedPair]) -> str:
    """A table with a row for each generator, then their verdicts, and what holds for all."""
    table = [
        line_of(HEADS),
        *map(line_of, rows_of(found)),
        line_of(real_row(found)),
        "* two real samples of this size do not show such a value",
    ]
    each = [
        "\n".join(words.wrap(told) for told in (f"{judged.name}:", *tell_verdict(judged)))
        for judged in found
    ]
    limits = dict.fromkeys(line for judged in found for line in judged.judgement.limits)
    given = dict.fromkeys(line for judged in found for line in tell_given(judged.pair))
    advice = tell_advice(judged.kind for judged in found)
    return "\n\n".join(
        filter(
            None,
            [
                "\n".join(table),
                *each,
                "\n".join(map(words.wrap, limits)),
                "\n".join(advice),
                "\n".join(map(words.wrap, given)),
            ],
        )
    )


def rows_of(found: Sequence[JudgedPair]) -> list[Cells]:
    """A row of texts for each generator, as `HEADS` names them."""
    return [
        (
            judged.name,
            judged.kind,
            missing_of(judged),
            *(value_of(judged.measures.get(name)) for name in SHOWN),
        )
        for judged in found
    ]


def real_row(found: Sequence[JudgedPair]) -> Cells:
    """What two real samples show, of the first generator with measures."""
    known = next((judged.measures for judged in found if SHOWN[0] in judged.measures), {})
    return (
        "two real samples",
        "",
        "",
        *(f"{known[name].null_mean:.2f}" if name in known else "–" for name in SHOWN),
    )


def missing_of(judged: JudgedPair) -> str:
    """The missing share in percent with its interval: `9 (7 to 11)`."""
    low, high = map(told_numbers.percent, judged.missing.interval)
    lost = judged.missing.share
    return f"{told_numbers.percent(lost)} ({low} to {high})" if lost else "0"


def value_of(measure: Measured | None) -> str:
    """A measure's value, with a star if it shows a difference; a dash if it was not measured."""
    return "–" if measure is None else f"{measure.value:.2f}{'*' * measure.seen}"


def line_of(cells: Cells) -> str:
    """A line of at most 80 columns; a long name loses its beginning."""
    name, verdict, missing, *values = cells
    name = name if len(name) < WIDTHS[0] else f"…{name[2 - WIDTHS[0] :]}"
    return (
        f"{name:<{WIDTHS[0]}}{verdict:<{WIDTHS[1]}}{missing:<{WIDTHS[2]}}"
        + "".join(f"{value:>{len(head) + 1}}" for value, head in zip(values, SHOWN, strict=True))
    ).rstrip()

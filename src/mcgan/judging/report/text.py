"""A judgement as the command prints it: 80 columns."""

from collections.abc import Iterator, Sequence
from html import escape

from mcgan.errors import printable
from mcgan.judging import told_numbers, words
from mcgan.judging.groups import MissingGroup
from mcgan.judging.judgement import Judgement
from mcgan.judging.pairs import Pair
from mcgan.judging.report.advice import tell_advice
from mcgan.judging.report.judged_pair import JudgedPair
from mcgan.view.notebook import html_table

NAMED = 12  # missing classes; the rest are counted
HEADS = ("measure", "fakes", "two real samples", "seen")


def tell(judged: JudgedPair) -> str:
    """The verdict, the table, what so many samples tell, what people try, which features."""
    judgement = judged.judgement
    table = words.tabulate(judgement.measures) if judgement.measures else []
    return "\n\n".join(
        filter(
            None,
            [
                "\n".join(map(words.wrap, tell_verdict(judged))),
                "\n".join(table),
                "\n".join(map(words.wrap, judgement.limits)),
                "\n".join(tell_advice([judgement.kind])),
                "\n".join(words.wrap(line) for line in tell_given(judged.pair)),
            ],
        )
    )


def tell_verdict(judged: JudgedPair) -> Iterator[str]:
    """The verdict, which classes are missing, and how samples are inside groups."""
    yield judged.verdict + "."
    if judged.pair.classes and judged.missing:
        yield name_classes(judged.missing.groups)
    if judged.judgement.variety:
        yield judged.judgement.variety


def name_classes(missing: Sequence[MissingGroup]) -> str:
    """`Missing: trouser (10 %), bag (9 %).`"""
    told = [
        f"{printable(group.name)} ({told_numbers.percent(group.share)} %)"
        for group in missing[:NAMED]
    ]
    more = f" and {len(missing) - NAMED:,} more" if len(missing) > NAMED else ""
    return f"Missing: {', '.join(told)}{more}."


def tell_given(pair: Pair) -> Iterator[str]:
    """Which features and why, and what was noticed about the samples."""
    yield f"{pair.reason[:1].upper()}{pair.reason[1:]}."
    yield from (f"Note: {note}." for note in dict.fromkeys(pair.notes))


def rows_of(judgement: Judgement) -> list[tuple[str, str, str, str]]:
    """A row of texts for each measure, as `HEADS` names them."""
    found = judgement.measures
    return [
        (
            label,
            told_numbers.number(found[name].value),
            told_numbers.real_of(found[name]),
            told_numbers.seen(found[name]),
        )
        for name, label in words.LABELS.items()
        if name in found
    ]


def tell_html(judgement: Judgement) -> str:
    """A judgement as HTML for a notebook."""
    told = [
        f"<p>{escape(line)}</p>" for line in (f"{judgement.verdict}.", judgement.variety) if line
    ]
    return "".join([*told, html_table("mcgan judge", HEADS, rows_of(judgement))])

"""The judgement as one HTML page that needs nothing else: pictures lie inside it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape

from mcgan.errors import printable
from mcgan.judging import told_numbers
from mcgan.judging.report import drawing, text
from mcgan.judging.report.advice import tell_advice
from mcgan.judging.report.closest import Pairs, find_beside, find_copies, find_training_copies
from mcgan.judging.report.judged_pair import JudgedPair
from mcgan.judging.report.several import HEADS, rows_of
from mcgan.judging.report.shown import Row, show
from mcgan.judging.samples import Samples
from mcgan.version import __version__
from mcgan.view.figures.style import svg
from mcgan.view.html import count, document, image, paragraph
from mcgan.view.notebook import html_table

PICTURED = 12  # missing groups that are shown


def page(found: Sequence[JudgedPair], command: str = "mcgan.judge(…)") -> str:
    """The whole page; ``command``: what was typed for it."""
    body = [*head(found, command)]
    for judged in found:
        body += tell(judged)
    return document("mcgan judge", "\n".join(body))


def head(found: Sequence[JudgedPair], command: str) -> Iterator[str]:
    """The top of the page: what was judged, by which command, and a table of several sides."""
    yield f"<h1>Samples judged against {escape(found[0].pair.real_samples.name)}</h1>"
    yield paragraph(f"mcgan {__version__}, {datetime.now().astimezone():%Y-%m-%d %H:%M %Z}.")
    yield f'<p class="small"><code>{escape(printable(command))}</code></p>'
    if len(found) > 1:
        yield wide(html_table("", HEADS, rows_of(found)))


def tell(judged: JudgedPair) -> Iterator[str]:
    """One generator: verdict, shares, plane, missing groups, copies, measures, limits, advice."""
    judgement = judged.judgement
    yield f"<h2>{escape(judged.name)}</h2>"
    yield f"<p><strong>{escape(judged.verdict)}.</strong> {escape(judgement.variety)}</p>"
    yield '<div class="pictures">'
    if judged.groups:
        yield image(
            svg(drawing.shares(judged)),
            "Shares of groups: where 95 % of other real "
            "samples of this size would lie, and where these samples lie.",
            "drawn",
            "svg",
        )
    yield image(
        svg(drawing.plane(judged)),
        "Samples among real data; what strays farther lies on the frame.",
        "drawn",
        "svg",
    )
    yield "</div>"
    yield from tell_missing(judged)
    yield from tell_copies(judged)
    if judgement.measures:
        yield "<h3>Measures</h3>"
        yield wide(html_table("", text.HEADS, text.rows_of(judgement)))
    yield from map(paragraph, [*judgement.limits, *text.tell_given(judged.pair)])
    advice = [*tell_advice([judged.kind])]
    if advice:
        yield f"<h3>What people try</h3><pre>{escape(chr(10).join(advice))}</pre>"


def tell_missing(judged: JudgedPair) -> Iterator[str]:
    """Real samples of each missing group beside the nearest fakes."""
    lost, pair = judged.missing.groups, judged.pair
    if lost:
        yield '<h3>Missing groups</h3><div class="pictures">'
    for told, group in list(zip(lost, judged.judgement.missing, strict=True))[:PICTURED]:
        beside = find_beside(pair, group)
        low, high = told.interval
        yield "<article>"
        yield (
            f"<h4>{escape(told.title)}: {told_numbers.percent(told.share)} % of the real data "
            f"({told_numbers.percent(low)} to {told_numbers.percent(high)}), "
            f"{told_numbers.percent(told.fake_share)} % of the samples</h4>"
        )
        yield show(
            [("real", pair.real_samples, beside.real), ("fake", pair.fake_samples, beside.fakes)],
            "Real samples of it, below each the fake that is nearest to it.",
        )
        yield "</article>"
    if lost:
        yield "</div>"
    if len(lost) > PICTURED:
        yield paragraph(f"{count(len(lost) - PICTURED, 'more group')} not shown.")


def tell_copies(judged: JudgedPair) -> Iterator[str]:
    """The closest pairs of samples, and of samples and training rows."""
    pair = judged.pair
    inside, training = find_copies(pair), find_training_copies(pair)
    if inside is not None:
        yield "<h3>Copies</h3>"
        yield paragraph(
            f"{share_of(inside)} of the samples are closer to another sample than "
            "95 % of as many real ones are to a real one: of real samples 5 % are."
        )
        yield show(
            beside(inside, pair.fake_samples, ("sample", pair.fake_samples)),
            "The closest pairs of samples, one below the other.",
        )
    if training is not None:
        yield paragraph(
            f"{share_of(training)} of the samples are closer to a real one, which "
            "the generator was trained on, than 95 % of held-out ones are: of fair "
            "samples 5 % are."
        )
        yield show(
            beside(training, pair.fake_samples, ("real", pair.real_samples)),
            "The samples closest to the training data, below each that real one.",
        )


def beside(found: Pairs, fakes: Samples, other: tuple[str, Samples]) -> list[Row]:
    """The two rows of pairs as they are shown."""
    first, second = zip(*found.rows, strict=True)
    return [("sample", fakes, first), (*other, second)]


def share_of(found: Pairs) -> str:
    """The share of searched samples that were found, in percent."""
    return f"{told_numbers.percent(found.found / found.searched)} %"


def wide(table: str) -> str:
    """A table in HTML that scrolls by itself where it is too wide, also by the keyboard."""
    return f'<div class="wide" tabindex="0">{table}</div>'

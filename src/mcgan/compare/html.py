"""The report as one HTML page that needs nothing else: styles and script inside, pictures too."""

from collections.abc import Iterator
from datetime import datetime
from html import escape

from matplotlib.figure import Figure

from mcgan.compare.comparison import Comparison, Section
from mcgan.compare.courses import coverage, effects
from mcgan.compare.figures import LIMIT, quality_and_modes
from mcgan.compare.html_groups import tell_groups
from mcgan.compare.html_parts import html_table
from mcgan.compare.tables import contrast_table, legend, text_table
from mcgan.errors import printable
from mcgan.version import __version__
from mcgan.view.figures.style import svg
from mcgan.view.html import count, document, image, paragraph
from mcgan.view.page_style import SCRIPT


def page(comparison: Comparison, command: str = "mcgan compare") -> str:
    """The whole page; `command`: what was typed for it."""
    sections = (part for each in comparison.sections for part in tell_section(each))
    body = "\n".join([*head(comparison, command), *sections, *foot(comparison)])
    return document("mcgan compare", body, SCRIPT)


def head(comparison: Comparison, command: str) -> Iterator[str]:
    """The top of the page: what was compared, by which version and command, and remarks."""
    groups = sum(len(each.rows) for each in comparison.sections)
    yield "<h1>Runs compared</h1>"
    yield paragraph(
        f"{count(comparison.runs, 'run')}, {count(groups, 'group')}, "
        f"{count(len(comparison.sections), 'table')}; mcgan {__version__}, "
        f"{datetime.now().astimezone():%Y-%m-%d %H:%M %Z}."
    )
    yield f'<p class="small"><code>{escape(printable(command))}</code></p>'
    yield from map(paragraph, comparison.notes)
    if not comparison.sections:
        yield paragraph("No run has ended with a result yet.")


def tell_section(section: Section) -> Iterator[str]:
    """One table, its pictures, its tests, and its groups one by one."""
    yield f"<h2>{escape(section.table.title)}</h2>"
    yield html_table(text_table(section))
    yield '<div class="pictures">'
    yield from draw_section(section)
    yield "</div>"
    tests = contrast_table(section)
    if tests:
        yield f"<h3>{escape(tests.title)}</h3>"
        yield html_table(tests)
    yield from tell_groups(section)


def draw_section(section: Section) -> Iterator[str]:
    """The pictures of one table: quality and modes, modes over steps, effects of settings."""
    more = len(section.rows) - LIMIT
    rest = f" Only {LIMIT} groups are drawn: the first, and the baseline." if more > 0 else ""
    yield picture(
        quality_and_modes(section),
        "Quality against effective modes: small marks are "
        f"seeds, large ones means with 95 % intervals.{rest}",
    )
    figure = coverage(section)
    if figure:
        yield picture(figure, f"Modes over steps: mean over seeds with its 95 % band.{rest}")
    for name, figure in effects(section).items():
        yield picture(figure, f"The same by {name}: groups with the same value are pooled.")


def foot(comparison: Comparison) -> Iterator[str]:
    """The end of the page: how to read its tables, and the runs that are not in them."""
    if comparison.sections:
        yield "<h2>How to read the tables</h2>"
        yield paragraph(
            "Marked: nearest to a perfect sampler, fewest collapsed, earliest; "
            "corrected p below 0.05. A click on a column's head sorts by it."
        )
        yield from map(paragraph, legend(comparison.sections))
    if comparison.left_out:
        yield "<h2>Not compared</h2><ul>"
        for run in comparison.left_out:
            yield f"<li>{escape(run.fate)}</li>"
        yield "</ul>"


def picture(figure: Figure, caption: str) -> str:
    """A figure inside the page, as SVG with a caption."""
    return image(svg(figure), caption, "drawn", "svg")

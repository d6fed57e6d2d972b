"""The report as one HTML page that needs nothing else: styles inside, pictures as base64."""

import base64
from collections.abc import Iterator
from html import escape
from pathlib import Path

from matplotlib.figure import Figure

from mcgan.compare.comparison import Comparison, Section
from mcgan.compare.figures import LIMIT, coverage, quality_and_modes
from mcgan.compare.statistics import Row
from mcgan.compare.tables import Cell, TextTable, contrast_table, legend, text_table
from mcgan.version import __version__
from mcgan.view.figures.style import png

BARS = 12  # groups whose mode frequencies are shown: each is a picture of its own
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #222; background: #fff; margin: 2rem auto;
       max-width: 92rem; padding: 0 1rem }
h1 { font-size: 1.6rem } h2 { font-size: 1.25rem; margin-top: 2.5rem } h3 { font-size: 1rem }
.wide { overflow-x: auto }
table { border-collapse: collapse; font-size: .8rem; font-variant-numeric: tabular-nums }
th, td { padding: .3rem .5rem; text-align: right; white-space: nowrap }
th:first-child, td:first-child { text-align: left; white-space: normal; min-width: 12rem }
thead th { border-bottom: 2px solid #222 } tbody td { border-bottom: 1px solid #ddd }
tfoot td { font-style: italic; color: #555 }
td.best { font-weight: bold; background: #e6f1f8 }
.pictures { display: flex; flex-wrap: wrap; gap: 1rem; margin-top: 1.5rem }
figure { margin: 0; flex: 1 1 24rem; max-width: 42rem } img { max-width: 100%; height: auto }
figcaption, .small { font-size: .85rem; color: #555 }
"""


def page(comparison: Comparison) -> str:
    """The whole page."""
    sections = (part for each in comparison.sections for part in tell_section(each))
    body = "\n".join([*head(comparison), *sections, *foot(comparison)])
    return f"""<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>mcgan compare</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{STYLE}</style></head>
<body>
{body}
</body>
</html>
"""


def head(comparison: Comparison) -> Iterator[str]:
    groups = sum(len(each.rows) for each in comparison.sections)
    yield "<h1>Runs compared</h1>"
    yield paragraph(f"{count(comparison.runs, 'run')}, {count(groups, 'group')}, "
                    f"{count(len(comparison.sections), 'table')}; mcgan {__version__}.")
    yield from map(paragraph, comparison.notes)
    if not comparison.sections:
        yield paragraph("No run has ended with a result yet.")


def tell_section(section: Section) -> Iterator[str]:
    """One table, its pictures, and its tests."""
    yield f"<h2>{escape(section.table.title)}</h2>"
    yield html_table(text_table(section))
    yield '<div class="pictures">'
    yield from draw_section(section)
    yield "</div>"
    yield from frequencies(section)
    tests = contrast_table(section)
    if tests:
        yield f"<h3>{escape(tests.title)}</h3>"
        yield html_table(tests)


def draw_section(section: Section) -> Iterator[str]:
    more = len(section.rows) - LIMIT
    rest = f" Only {LIMIT} groups are drawn: the first, and the baseline." if more > 0 else ""
    yield picture(quality_and_modes(section), "Quality against effective modes: small marks are "
                  f"seeds, large ones means with 95 % intervals.{rest}")
    figure = coverage(section)
    if figure:
        yield picture(figure, "Strict modes over steps: mean over seeds with its "
                      f"95 % band.{rest}")


def frequencies(section: Section) -> Iterator[str]:
    """The bars of mode frequencies that runs drew of themselves at their end."""
    found = [(row, drawing(row)) for row in section.rows[:BARS]]
    if not any(file for _, file in found):
        return
    yield "<h3>Mode frequencies</h3>"
    yield paragraph("As drawn at the end of one run of each group, over the replicas of that run. "
                    + (f"The first {BARS} groups." if len(section.rows) > BARS else ""))
    yield '<div class="pictures">'
    for row, file in found:
        if file:
            yield image(file.read_bytes(), f"{row.group.label} (run {file.parents[1].name})")
    yield "</div>"


def drawing(row: Row) -> Path | None:
    """The last picture of modes of one of the group's runs, as its own protocol counted them."""
    watched = {id(seed.run) for seed in row.group.seeds.values() if seed.curve}
    runs = [run for run in row.group.runs if id(run) in watched]
    files = [run.folder / "figures" / f"modes-{run.results[0]['step']:08d}.png" for run in runs]
    return next((file for file in files if file.is_file()), None)


def foot(comparison: Comparison) -> Iterator[str]:
    if comparison.sections:
        yield "<h2>How to read the tables</h2>"
        yield paragraph("Marked: nearest to a perfect sampler, fewest collapsed, earliest; "
                        "corrected p below 0.05.")
        yield from map(paragraph, legend(comparison.sections))
    if comparison.left_out:
        yield "<h2>Not compared</h2><ul>"
        for run in comparison.left_out:
            yield f"<li>{escape(run.fate)}</li>"
        yield "</ul>"


def html_table(table: TextTable) -> str:
    heads = "".join(f"<th>{escape(head)}</th>" for head in table.heads)
    body = "\n".join(html_row(row) for row in table.rows)
    last = f"<tfoot>{html_row(table.last)}</tfoot>" if table.last else ""
    return (f'<div class="wide"><table><thead><tr>{heads}</tr></thead>\n<tbody>{body}</tbody>'
            f"{last}</table></div>")


def html_row(cells: list[Cell]) -> str:
    return f"<tr>{''.join(map(html_cell, cells))}</tr>"


def html_cell(cell: Cell) -> str:
    mark = ' class="best"' if cell.best else ""
    return f"<td{mark}>{escape(cell.text)}</td>"


def picture(figure: Figure, caption: str) -> str:
    return image(png(figure), caption)


def image(data: bytes, caption: str) -> str:
    source = base64.b64encode(data).decode()
    return (f'<figure><img alt="{escape(caption)}" src="data:image/png;base64,{source}">'
            f"<figcaption>{escape(caption)}</figcaption></figure>")


def paragraph(text: str) -> str:
    return f'<p class="small">{escape(text)}</p>'


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"

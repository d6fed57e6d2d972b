"""What a notebook shows of scores and runs: small tables, escaped."""

from collections.abc import Sequence
from html import escape

Cells = Sequence[str]


def html_table(title: str, heads: Cells, rows: Sequence[Cells]) -> str:
    """An HTML table; without ``heads`` it has no head, and every text is escaped."""
    head = f"<thead>{line(heads, 'th')}</thead>" if heads else ""
    body = "".join(line(cells, "td") for cells in rows)
    caption = f"<caption style='text-align:left'>{escape(title)}</caption>"
    return f"<table>{caption}{head}<tbody>{body}</tbody></table>"


def line(cells: Cells, tag: str) -> str:
    """A row whose first cell names the others."""
    first, *others = (escape(cell) for cell in cells)
    named = f"<th style='text-align:left'>{first}</th>"
    return f"<tr>{named}{''.join(f'<{tag}>{cell}</{tag}>' for cell in others)}</tr>"

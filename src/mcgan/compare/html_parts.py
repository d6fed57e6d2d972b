"""What the page is made of, as HTML: paragraphs, tables, pictures inside it."""

import base64
from html import escape

from mcgan.compare.tables import Cell, TextTable

TYPES = {"png": "image/png", "svg": "image/svg+xml"}


def html_table(table: TextTable) -> str:
    """A table whose columns sort when their heads are clicked; the last row stays beneath."""
    heads = "".join(f"<th>{html_head(head)}</th>" for head in table.heads)
    body = "\n".join(html_row(row) for row in table.rows)
    last = f"<tfoot>{html_row(table.last)}</tfoot>" if table.last else ""
    return (f'<div class="wide" tabindex="0"><table><thead><tr>{heads}</tr></thead>\n'
            f"<tbody>{body}</tbody>{last}</table></div>")


def html_head(text: str) -> str:
    return f"<button>{escape(text or 'group')}</button>"


def html_row(cells: list[Cell]) -> str:
    return f"<tr>{''.join(map(html_cell, cells))}</tr>"


def html_cell(cell: Cell) -> str:
    mark = ' class="best"' if cell.best else ""
    return f"<td{mark}>{escape(cell.text)}</td>"


def image(data: bytes, caption: str, style: str, form: str) -> str:
    """A picture with its caption; `style`: `drawn` may be inverted in the dark, `kept` may not."""
    source = base64.b64encode(data).decode()
    return (f'<figure class="{style}"><img alt="{escape(caption)}" '
            f'src="data:{TYPES[form]};base64,{source}">'
            f"<figcaption>{escape(caption)}</figcaption></figure>")


def paragraph(text: str) -> str:
    return f'<p class="small">{escape(text)}</p>'


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"

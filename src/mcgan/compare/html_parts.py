"""The tables of the page, as HTML."""

from html import escape

from mcgan.compare.tables import Cell, TextTable


def html_table(table: TextTable) -> str:
    """A table whose columns sort when their heads are clicked; the last row stays beneath."""
    heads = "".join(f"<th>{html_head(head)}</th>" for head in table.heads)
    body = "\n".join(html_row(row) for row in table.rows)
    last = f"<tfoot>{html_row(table.last)}</tfoot>" if table.last else ""
    return (
        f'<div class="wide" tabindex="0"><table><thead><tr>{heads}</tr></thead>\n'
        f"<tbody>{body}</tbody>{last}</table></div>"
    )


def html_head(text: str) -> str:
    """The head of a column, as a button that sorts by it."""
    return f"<button>{escape(text or 'group')}</button>"


def html_row(cells: list[Cell]) -> str:
    """One row of a table, in HTML."""
    return f"<tr>{''.join(map(html_cell, cells))}</tr>"


def html_cell(cell: Cell) -> str:
    """A cell of HTML, marked if it is the best of its column."""
    mark = ' class="best"' if cell.best else ""
    return f"<td{mark}>{escape(cell.text)}</td>"

"""The report in a terminal: columns that do not fit go into a further table."""

from collections.abc import Sequence
from textwrap import wrap

from rich.console import Console
from rich.text import Text

from mcgan.compare.comparison import Comparison
from mcgan.compare.tables import Cell, TextTable, contrast_table, legend, text_table

GAP = 2
MARKS = "* nearest to a perfect sampler, fewest collapsed, earliest; p below 0.05"


def show(comparison: Comparison, console: Console | None = None) -> None:
    """Everything: tables, tests, notes, and the runs that are left out with their states."""
    console = console or Console()
    print_tables(comparison, console)
    if not comparison.sections:
        console.print("No run has ended with a result yet: there is nothing to compare.")
    if comparison.left_out:
        console.print(Text(f"not compared: {len(comparison.left_out)}", "bold"))
    for run in comparison.left_out:
        print_line(console, f"  {run.fate}")


def print_tables(comparison: Comparison, console: Console | None = None) -> None:
    """Prints a comparison: tables, tests, and notes on what is not compared."""
    console = console or Console()
    for section in comparison.sections:
        for each in filter(None, (text_table(section), contrast_table(section))):
            draw(each, console)
    for note in comparison.notes:
        print_line(console, f"Note: {note}", "")
    if comparison.sections:
        print_line(console, MARKS)
        for line in legend(comparison.sections):
            print_line(console, line)
        console.print()


def print_line(console: Console, text: str, style: str = "dim") -> None:
    """Never wrapped where lines are read by programs."""
    console.print(Text(text, style), soft_wrap=not console.is_terminal)


def draw(table: TextTable, console: Console) -> None:
    """Prints a table; columns beyond the terminal's width follow in a further table."""
    print_line(console, table.title, "bold")
    last = [table.last] if table.last else []
    lines = [[Cell(head) for head in table.heads], *table.rows, *last]
    widths = [max(len(mark(line[i])) for line in lines) for i in range(len(table.heads))]
    room = console.width if console.is_terminal else sum(widths) + GAP * len(widths)
    widths[0] = min(widths[0], max(20, room // 3))
    for columns in chunks(widths, room):
        for line in lines:
            console.print(draw_row(line, columns, widths), soft_wrap=True)
    console.print()


def mark(cell: Cell) -> str:
    """A cell's text, with an asterisk if it is the best of its column."""
    return f"{cell.text} *" if cell.best else cell.text


def chunks(widths: Sequence[int], room: int) -> list[list[int]]:
    """Columns beside the label, as many to a table as there is room for."""
    found: list[list[int]] = [[]]
    for i in range(1, len(widths)):
        if found[-1] and widths[0] + sum(widths[j] + GAP for j in [*found[-1], i]) > room:
            found.append([])
        found[-1].append(i)
    return found


def draw_row(line: Sequence[Cell], columns: Sequence[int], widths: Sequence[int]) -> Text:
    """One row; a long label goes on below its numbers."""
    first, *more = wrap(line[0].text, widths[0]) or [""]
    text = Text(first.ljust(widths[0]))
    for i in columns:
        style = "bold" if line[i].best else ""
        text.append(" " * GAP + mark(line[i]).rjust(widths[i]), style)
    return text.append("".join(f"\n  {each}" for each in more))

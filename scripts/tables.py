"""Tables in Markdown files: what stands between a marker and `<!-- end -->` belongs to a script."""

import argparse
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "RESULTS.md"
END = "<!-- end -->"


def marker(name: str) -> str:
    return f"<!-- table: {name} -->"


def names(text: str) -> list[str]:
    """The tables that a text has room for."""
    return re.findall(r"<!-- table: (.+?) -->", text)


def written(text: str, name: str) -> str:
    """The table as it stands in a text; empty where it has none."""
    _, _, after = text.partition(marker(name))
    return after.partition(END)[0].strip()


def replaced(text: str, name: str, table: str) -> str:
    """The text with this table; raises SystemExit where it has no such marker."""
    start = text.find(marker(name))
    end = text.find(END, start)
    if start < 0 or end < 0:
        raise SystemExit(f"no {marker(name)} with an {END} behind it")
    return f"{text[:start]}{marker(name)}\n{table.strip()}\n{text[end:]}"


def cell(text: str) -> str:
    """A text in a cell of a table, whose bars would else begin new cells."""
    return text.replace("|", r"\|")


def rows(head: list[str], body: list[list[str]]) -> str:
    """A table; the first column reads from the left, numbers from the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *body]
    return "\n".join(map(row, lines))


def row(cells: list[str]) -> str:
    """One line of a table."""
    return f"| {' | '.join(cells)} |"


def main(name: str, table: Callable[[dict[str, Any]], str], about: str) -> None:
    """A script that writes one table of RESULTS.md from a file of figures."""
    parser = argparse.ArgumentParser(description=about.partition("\n")[0])
    parser.add_argument("measured", type=Path, help="the figures, as a benchmark wrote them")
    parser.add_argument("--table", default=name, help="where to write it, if not to %(default)s")
    args = parser.parse_args()
    found = json.loads(args.measured.read_text(encoding="utf-8"))
    text = RESULTS.read_text(encoding="utf-8")
    RESULTS.write_text(replaced(text, args.table, table(found)), encoding="utf-8")

"""The table of docs/RELIABILITY.md, made of docs/reliability.json."""

from pathlib import Path

import tables

from torture.campaign import Total, read_totals
from torture.promise import Promise, find_promises

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE, TOTALS = DOCS / "RELIABILITY.md", DOCS / "reliability.json"
HEAD = ["promise", "how it is tried", "to reach", "tried", "held"]


def write() -> None:
    """Puts the figures into the page."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def page(text: str) -> str:
    """The text with its table as the figures are now."""
    totals = read_totals(TOTALS)
    body = [row(promise, totals.get(promise.number, Total())) for promise in find_promises()]
    return tables.replaced(text, "promises", tables.rows(HEAD, body))


def row(promise: Promise, total: Total) -> list[str]:
    name = f"**{promise.number}** `{promise.name}`: {promise.says}"
    return [cell(name), cell(promise.form), f"{promise.goal:,}", f"{total.tried:,}",
            f"{total.held:,}"]


def cell(text: str) -> str:
    return text.replace("|", "\\|")

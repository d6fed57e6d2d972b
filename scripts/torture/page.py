"""The generated parts of docs/RELIABILITY.md, made of docs/reliability.json."""

from pathlib import Path

import tables

from torture.campaign import Total, read_totals
from torture.promise import find_promises

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE, TOTALS = DOCS / "RELIABILITY.md", DOCS / "reliability.json"
HEAD = ["promise", "to reach", "tried", "held"]


def write() -> None:
    """Puts the figures into the page."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def page(text: str) -> str:
    """The text with its figures, and with how each promise is tried."""
    text = tables.replaced(text, "promises", figures(read_totals(TOTALS)))
    return tables.replaced(text, "forms", forms())


def figures(totals: dict[str, Total]) -> str:
    known = [(promise, totals.get(promise.number, Total())) for promise in find_promises()]
    return tables.rows(HEAD, [
        [f"{promise.number} {promise.says}", *(f"{number:,}" for number in
                                               (promise.goal, total.tried, total.held))]
        for promise, total in known])  # fmt: skip


def forms() -> str:
    return "\n".join(
        f"* **{promise.number} `{promise.name}`** {promise.form}" for promise in find_promises()
    )

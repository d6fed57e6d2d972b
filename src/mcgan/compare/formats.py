"""The report as Markdown, LaTeX, CSV and JSON."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from mcgan.compare.comparison import Comparison, Section
from mcgan.compare.grouping import protocol
from mcgan.compare.statistics import SHOWN, Contrast, Row
from mcgan.compare.tables import (
    PERFECT,
    Cell,
    TextTable,
    contrast_table,
    legend,
    split_columns,
    text_table,
)

LATEX = {"\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
         "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
         "±": r"$\pm$", "≥": r"$\ge$", "≤": r"$\le$", "<": "$<$", ">": "$>$", "σ": r"$\sigma$",
         "·": r"$\cdot$", "–": "--", "…": r"\dots{}"}  # fmt: skip

MARKDOWN = {letter: f"\\{letter}" for letter in "\\`*_|~$"} | {"<": "&lt;"}
WIDE = 100  # columns: more than any table has
FORMULA = ("=", "+", "-", "@")  # with which a cell begins that a spreadsheet computes


def text_tables(comparison: Comparison) -> Iterator[TextTable]:
    """All tables of a comparison as text: each section's scores, then its tests."""
    for section in comparison.sections:
        yield from filter(None, (text_table(section), contrast_table(section)))


def remarks(comparison: Comparison) -> list[str]:
    """The notes, what the columns mean, and the runs left out."""
    out = [f"not compared: {run.fate}" for run in comparison.left_out]
    return [*comparison.notes, *(legend(comparison.sections) if comparison.sections else ()), *out]


def markdown(comparison: Comparison, columns: int = WIDE) -> str:
    """Tables for GitHub; the best in bold. Columns beyond so many are in further tables below."""
    parts = [
        "\n\n".join(
            [f"**{pipe(table.title)}**", *map(markdown_table, split_columns(table, columns))]
        )
        for table in text_tables(comparison)
    ]
    points = "\n".join(f"- {pipe(text)}" for text in remarks(comparison))
    return "\n\n".join([*parts, points]) + "\n"


def markdown_table(table: TextTable) -> str:
    """A table in GitHub's Markdown: the best cells bold, the perfect sampler in italics."""
    rule = ["---", *["---:"] * (len(table.heads) - 1)]
    body = [[bold(cell) for cell in row] for row in table.rows]
    last = [[f"*{pipe(cell.text)}*" if cell.text else "" for cell in table.last or ()]]
    lines = [table.heads, rule, *body, *(last if table.last else [])]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def bold(cell: Cell) -> str:
    """A cell in Markdown, bold if it is the best of its column."""
    return f"**{pipe(cell.text)}**" if cell.best else pipe(cell.text)


def pipe(text: str) -> str:
    """A text for a cell in Markdown, without letters that would end the cell or begin a link."""
    return "".join(MARKDOWN.get(letter, letter) for letter in text).replace("](", r"]\(")


def latex(comparison: Comparison) -> str:
    """Tables for the package booktabs; the best in bold."""
    lines = [f"% {line}" for line in remarks(comparison)]
    tables = map(latex_table, text_tables(comparison))
    return "\n".join([r"% \usepackage{booktabs}", *lines, *tables]) + "\n"


def latex_table(table: TextTable) -> str:
    """A table in LaTeX, by booktabs: numbers to the right, the perfect sampler below a rule."""
    body = [row_of(row) for row in table.rows]
    beneath = [r"\midrule", row_of(table.last)] if table.last else []
    head = row_of([Cell(text) for text in table.heads])
    align = "l" + "r" * (len(table.heads) - 1)
    rules = [rf"\begin{{tabular}}{{{align}}}", r"\toprule", head, r"\midrule", *body, *beneath]
    return "\n".join([f"% {table.title}", *rules, r"\bottomrule", r"\end{tabular}"])


def row_of(cells: Sequence[Cell]) -> str:
    """A row in LaTeX, with its end of line; the best cells bold."""
    texts = [escape(cell.text) for cell in cells]
    return " & ".join(rf"\textbf{{{text}}}" if cell.best else text
                      for text, cell in zip(texts, cells, strict=True)) + r" \\"  # fmt: skip


def escape(text: str) -> str:
    """A text for LaTeX, its special letters escaped."""
    return "".join(LATEX.get(letter, letter) for letter in text)


def as_csv(comparison: Comparison) -> str:
    """One line per group, numbers bare; empty where there is none."""
    lines = [line for section in comparison.sections for line in csv_lines(section)]
    names = dict.fromkeys(name for line in lines for name in line)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(names), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: plain_text(each) for name, each in line.items()} for line in lines)
    return out.getvalue()


def plain_text(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; numbers stay as they are."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def csv_lines(section: Section) -> Iterator[dict[str, Any]]:
    """The rows of a section's CSV by column, ranked from 1; a perfect sampler comes last."""
    way = section.table.way
    place = {"table": section.table.title, "dataset": section.table.dataset,
             "protocol": protocol(way), "samples": way["eval"]["samples"]}  # fmt: skip
    for rank, row in enumerate(section.rows, 1):
        tests = [test for test in section.tests if test.label == row.group.label]
        yield place | {"group": row.group.label, "rank": rank} | numbers(row) | flatten_tests(tests)
    perfect = {f"{key}_mean": section.table.perfect.get(key) for key in SHOWN}
    yield place | {"group": PERFECT} | perfect


def numbers(row: Row) -> dict[str, Any]:
    """A row's numbers as columns: means, intervals and counts of seeds."""
    flat: dict[str, Any] = {"seeds": row.seeds, "diverged": row.diverged}
    for key in SHOWN:
        flat |= {f"{key}_{end}": value for end, value in row.spreads[key]._asdict().items()}
        flat[f"{key}_iqm"] = row.middles[key]
    return flat | {"collapsed": row.collapsed, "watched": row.watched, "reached": row.reached,
                   "steps_to_full": row.steps, "seconds_to_full": row.seconds,
                   "step_ms": row.step_ms}  # fmt: skip


def flatten_tests(tests: Sequence[Contrast]) -> dict[str, Any]:
    """The tests of one group as columns of the CSV, named by measure."""
    flat: dict[str, Any] = {}
    for test in tests:
        ends = {f"{test.key}_difference_{end}": v for end, v in test.difference._asdict().items()}
        flat |= ends | {f"{test.key}_p": test.p, f"{test.key}_p_holm": test.holm}
    return flat


def as_json(comparison: Comparison) -> str:
    """Everything, each seed's scores included; strict JSON."""
    content = {
        "tables": [json_table(section) for section in comparison.sections],
        "notes": comparison.notes,
        "left_out": [{"run": str(run.folder), "state": run.state, "note": run.note}
                     for run in comparison.left_out],
    }  # fmt: skip
    return json.dumps(content, indent=2, allow_nan=False, default=str) + "\n"


def json_table(section: Section) -> dict[str, Any]:
    """A section as plain values: what it compares, groups with every seed, and tests."""
    table = section.table
    return {
        "title": table.title, **table.way, "perfect": table.perfect,
        "groups": [json_group(row) for row in section.rows],
        "baseline": section.baseline and section.baseline.label,
        "tests": [json_test(test) for test in section.tests],
    }  # fmt: skip


def json_group(row: Row) -> dict[str, Any]:
    """A group as plain values: label, settings, summary numbers, and each seed's scores."""
    seeds = [{"seed": number, "run": str(seed.run.folder), **seed.scores}
             for number, seed in sorted(row.group.seeds.items())]  # fmt: skip
    return {"label": row.group.label, "differs": row.group.settings, **numbers(row),
            "settings": row.group.config, "values": seeds}  # fmt: skip


def json_test(test: Contrast) -> dict[str, Any]:
    """A test against the baseline as plain values."""
    return {"group": test.label, "measure": test.key, "seeds": test.count, "test": test.method,
            "difference": test.difference._asdict(), "p": test.p,
            "p_holm": test.holm}  # fmt: skip


FORMATS: dict[str, Callable[[Comparison], str]] = {
    "markdown": markdown, "csv": as_csv, "latex": latex, "json": as_json,
}  # fmt: skip

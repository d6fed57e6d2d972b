"""The report as Markdown, LaTeX, CSV and JSON."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from mcgan.compare.comparison import Report, Section
from mcgan.compare.labels import option
from mcgan.compare.statistics import SHOWN, Comparison, Row
from mcgan.compare.tables import PERFECT, Cell, Grid, grid, legend, test_grid

LATEX = {"\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
         "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
         "±": r"$\pm$", "–": "--", "·": r"$\cdot$", "…": r"\dots{}", "<": "$<$", ">": "$>$",
         "σ": r"$\sigma$"}  # fmt: skip


def grids(report: Report) -> Iterator[Grid]:
    for section in report.sections:
        yield from filter(None, (grid(section), test_grid(section)))


def remarks(report: Report) -> list[str]:
    """The notes, what the columns mean, and the runs left out."""
    out = [f"not compared: {run.folder}: {run.state}{f', {run.note}' if run.note else ''}"
           for run in report.left_out]  # fmt: skip
    return [*report.notes, *(legend(report.sections) if report.sections else ()), *out]


def markdown(report: Report) -> str:
    """Tables for GitHub; the best in bold."""
    parts = [f"**{pipe(each.title)}**\n\n{markdown_table(each)}" for each in grids(report)]
    return "\n\n".join([*parts, "\n".join(f"- {pipe(text)}" for text in remarks(report))]) + "\n"


def markdown_table(grid: Grid) -> str:
    rule = ["---", *["---:"] * (len(grid.heads) - 1)]
    body = [[bold(cell) for cell in row] for row in grid.rows]
    last = [[f"*{pipe(cell.text)}*" if cell.text else "" for cell in grid.last or ()]]
    lines = [grid.heads, rule, *body, *(last if grid.last else [])]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def bold(cell: Cell) -> str:
    return f"**{pipe(cell.text)}**" if cell.best else pipe(cell.text)


def pipe(text: str) -> str:
    return text.replace("|", r"\|").replace("*", r"\*").replace("_", r"\_").replace("<", "&lt;")


def latex(report: Report) -> str:
    """Tables for the package booktabs; the best in bold."""
    lines = [f"% {line}" for line in remarks(report)]
    return "\n".join([r"% \usepackage{booktabs}", *lines, *map(latex_table, grids(report))]) + "\n"


def latex_table(grid: Grid) -> str:
    body = [row_of(row) for row in grid.rows]
    beneath = [r"\midrule", row_of(grid.last)] if grid.last else []
    head = row_of([Cell(text) for text in grid.heads])
    align = "l" + "r" * (len(grid.heads) - 1)
    rules = [rf"\begin{{tabular}}{{{align}}}", r"\toprule", head, r"\midrule", *body, *beneath]
    return "\n".join([f"% {grid.title}", *rules, r"\bottomrule", r"\end{tabular}"])


def row_of(cells: Sequence[Cell]) -> str:
    texts = [escaped(cell.text) for cell in cells]
    return " & ".join(rf"\textbf{{{text}}}" if cell.best else text
                      for text, cell in zip(texts, cells, strict=True)) + r" \\"  # fmt: skip


def escaped(text: str) -> str:
    return "".join(LATEX.get(letter, letter) for letter in text)


def as_csv(report: Report) -> str:
    """One line per group, numbers bare; empty where there is none."""
    lines = [line for section in report.sections for line in csv_lines(section)]
    names = dict.fromkeys(name for line in lines for name in line)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(names), lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue()


def csv_lines(section: Section) -> Iterator[dict[str, Any]]:
    way = section.table.way
    place = {"table": section.table.title, "dataset": option("dataset", way),
             "protocol": option("protocol", way), "samples": way["eval"]["samples"]}  # fmt: skip
    for rank, row in enumerate(section.rows, 1):
        tests = [test for test in section.tests if test.label == row.group.label]
        yield place | {"group": row.group.label, "rank": rank} | numbers(row) | tested(tests)
    perfect = {f"{key}_mean": section.table.perfect.get(key) for key in SHOWN}
    yield place | {"group": PERFECT} | perfect


def numbers(row: Row) -> dict[str, Any]:
    """A row's numbers, flat."""
    flat: dict[str, Any] = {"seeds": row.seeds, "diverged": row.diverged}
    for key in SHOWN:
        flat |= {f"{key}_{end}": value for end, value in row.spreads[key]._asdict().items()}
        flat[f"{key}_iqm"] = row.middles[key]
    return flat | {"collapsed": row.collapsed, "watched": row.watched, "reached": row.reached,
                   "steps_to_full": row.steps, "seconds_to_full": row.seconds,
                   "step_ms": row.step_ms}  # fmt: skip


def tested(tests: Sequence[Comparison]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for test in tests:
        ends = {f"{test.key}_difference_{end}": v for end, v in test.difference._asdict().items()}
        flat |= ends | {f"{test.key}_p": test.p, f"{test.key}_p_holm": test.holm}
    return flat


def as_json(report: Report) -> str:
    """Everything, each seed's scores included; strict JSON."""
    content = {
        "tables": [json_table(section) for section in report.sections],
        "notes": report.notes,
        "left_out": [{"run": str(run.folder), "state": run.state, "note": run.note}
                     for run in report.left_out],
    }  # fmt: skip
    return json.dumps(content, indent=2, allow_nan=False, default=str) + "\n"


def json_table(section: Section) -> dict[str, Any]:
    table = section.table
    return {
        "title": table.title, **table.way, "perfect": table.perfect,
        "groups": [json_group(row) for row in section.rows],
        "baseline": section.baseline and section.baseline.label,
        "tests": [json_test(test) for test in section.tests],
    }  # fmt: skip


def json_group(row: Row) -> dict[str, Any]:
    seeds = [{"seed": number, "run": str(seed.run.folder), **seed.scores}
             for number, seed in sorted(row.group.seeds.items())]  # fmt: skip
    return {"label": row.group.label, **numbers(row), "settings": row.group.config,
            "values": seeds}  # fmt: skip


def json_test(test: Comparison) -> dict[str, Any]:
    return {"group": test.label, "measure": test.key, "seeds": test.count, "test": test.method,
            "difference": test.difference._asdict(), "p": test.p,
            "p_holm": test.holm}  # fmt: skip


FORMATS: dict[str, Callable[[Report], str]] = {
    "markdown": markdown, "csv": as_csv, "latex": latex, "json": as_json,
}  # fmt: skip

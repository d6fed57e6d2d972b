"""Write the table of published rows in docs/RESULTS.md from finished runs of `mcgan reproduce`.

mcgan reproduce NAME
python scripts/reproduce_table.py            # of all finished runs in runs/paper/
python scripts/reproduce_table.py RUN ...    # of these

Rows of other names stay as they were written: some take a day, on another machine.
"""

import argparse
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tables
import yaml

from mcgan.config.compose import compose
from mcgan.experiment.reproduction import changes, published_of, side_by_side
from mcgan.metrics.measures import measure
from mcgan.run.directory import RunDirectory
from mcgan.run.states import ENDED
from mcgan.view.terminal.side_by_side import describe_source, show_interval, show_published

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "RESULTS.md"
HEAD = ["row", "measure", "published", "measured", "95 % interval", "seeds", "steps"]
NAMED = ("experiment=", "name=", "runs_dir=")  # words that are no change of a row
FROM = "paper/"


def finished(folder: Path) -> list[Path]:
    """The runs in a folder that have ended with a result."""
    return [
        file.parent
        for file in sorted(folder.glob("*/result.json"))
        if RunDirectory(file.parent).status().get("state") in ENDED
    ]


def content(folder: Path) -> dict[str, Any]:
    """What is published and measured of the row that a run is of."""
    row = RunDirectory(folder).status().get("choices", {}).get("experiment", "")
    if not row.startswith(FROM):
        raise SystemExit(f"{folder} is no run of experiment={FROM}NAME")
    typed = yaml.safe_load((folder / ".hydra" / "overrides.yaml").read_text(encoding="utf-8"))
    changed = changes([word for word in typed if not word.startswith(NAMED)])
    known = published_of(row, compose(f"experiment={row}", "name=x").config)
    return side_by_side(row.removeprefix(FROM), known, folder, changed)


def table(found: list[dict[str, Any]], before: str = "") -> str:
    """A line for each measure of each row, published ones first; sources and changes below.

    Rows of ``before`` that are not among these stay.
    """
    lines = [tables.row(line(each, key)) for each in found for key in each["measures"]]
    notes = [note(each) for each in found]
    kept = [old for old in before.splitlines() if named(old) not in {"", *map(named, notes)}]
    body = sorted(lines + [old for old in kept if old.startswith("|")], key=named)
    below = sorted(notes + [old for old in kept if old.startswith("*")], key=named)
    return "\n".join([tables.rows(HEAD, []), *body, "", *below])


def named(line: str) -> str:
    """The row's name at the beginning of a line; empty where it has none."""
    found = re.match(r"[|*] `(\w+)`", line)
    return found[1] if found else ""


def line(each: Mapping[str, Any], key: str) -> list[str]:
    known, pair = measure(key), each["measures"][key]
    metric = pair["measured"] or {"mean": None, "interval": None}
    return [
        f"`{each['row']}`",
        known.label,
        show_published(known, pair["published"]),
        known.show(metric["mean"]),
        show_interval(known, metric),
        str(len(each["seeds"])),
        f"{each['step']:,}",
    ]


def note(each: Mapping[str, Any]) -> str:
    changed = f" Changed: `{' '.join(each['changed'])}`." if each["changed"] else ""
    says = f" The paper says: {each['says']}" if each["says"] else ""
    return f"* `{each['row']}`: {describe_source(each)}.{says}{changed}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("runs", nargs="*", type=Path, help="folders (default: runs/paper/*)")
    folders = parser.parse_args().runs or finished(Path("runs", "paper"))
    if not folders:
        raise SystemExit("runs/paper holds no finished run: train one with mcgan reproduce NAME")
    text = RESULTS.read_text(encoding="utf-8")
    filled = table([content(each) for each in folders], tables.written(text, "published"))
    RESULTS.write_text(tables.replaced(text, "published", filled), encoding="utf-8")


if __name__ == "__main__":
    main()

"""What benchmarks measured before: one JSON line a run in benchmarks/history.jsonl.

A line has the date, the commit, the machine and the figures. draw_history.py draws it.
"""

import json
import platform
import statistics
import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
FILE = HERE / "history.jsonl"


def add(benchmark: str, found: Any, file: Path = FILE) -> None:
    """Appends a run of a benchmark; ``found`` is what it measured, nested as it likes."""
    line = {"benchmark": benchmark, "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "commit": commit(), "machine": machine(), "torch": version("torch"),
            "figures": dict(flatten(found))}  # fmt: skip
    with open(file, "a", encoding="utf-8") as lines:
        lines.write(json.dumps(line, ensure_ascii=False) + "\n")


def flatten(found: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """Every number by the path of its keys. Of a list of numbers the median; texts are left out."""
    if isinstance(found, Mapping):
        for key, value in found.items():
            yield from flatten(value, f"{name}/{key}".lstrip("/"))
    elif isinstance(found, (list, tuple)) and found and all(map(is_number, found)):
        yield name, float(statistics.median(found))
    elif is_number(found):
        yield name, float(found)


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def commit() -> str:
    """The commit of this checkout, with a + where files have changed since; or `unknown`."""

    def ask(*words: str) -> str:
        return subprocess.run(
            ["git", *words], cwd=HERE, capture_output=True, text=True, check=True
        ).stdout.strip()

    try:
        return ask("rev-parse", "--short=12", "HEAD") + ("+" if ask("status", "-s", "-uno") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def machine() -> str:
    """The processor and the system: figures of other machines are another line of the drawing."""
    from mcgan.experiment.result import cpu  # imports torch: benchmarks pin their core before

    return f"{cpu()}, {platform.system()}"


def read(file: Path = FILE) -> list[dict[str, Any]]:
    """All runs, the oldest first."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return sorted(map(json.loads, lines), key=lambda line: line["date"])

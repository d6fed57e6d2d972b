"""Write the table of what watching costs in docs/RESULTS.md: the shares of a run's processor time
that verdicts and pictures take at their default settings.

    python scripts/watching_table.py runs/watching
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tables

from mcgan.cli.main import main as mcgan
from mcgan.experiment.evaluator import Evaluator
from mcgan.verdict.detector import Detector

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "RESULTS.md"
RUNS = {  # all else is as in conf/config.yaml
    "one network": [],
    "16 networks, compiled": ["replicas=16", "train.compile=true"],
}
WATCHED = [
    ("verdicts", Detector, "add"),
    ("verdicts", Detector, "news"),
    ("pictures", Evaluator, "_draw"),
]
PARTS = list(dict.fromkeys(part for part, _, _ in WATCHED))


def timed(spent: dict[str, float], name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    def timing(*given: Any, **named: Any) -> Any:
        begin = time.process_time()
        try:
            return call(*given, **named)
        finally:
            spent[name] = spent.get(name, 0.0) + time.process_time() - begin

    return timing


def measured(folder: Path, words: list[str]) -> dict[str, float]:
    """Seconds of processor time of a whole run, and of the parts of it that watch."""
    spent: dict[str, float] = {}
    original = [getattr(owner, method) for _, owner, method in WATCHED]
    for (part, owner, method), call in zip(WATCHED, original, strict=True):
        setattr(owner, method, timed(spent, part, call))
    place = [f"runs_dir={folder.parent}", f"name={folder.name}", "resume=false", "train.threads=1"]
    try:
        timed(spent, "run", mcgan)(["train", *words, *place])
    finally:
        for (_, owner, method), call in zip(WATCHED, original, strict=True):
            setattr(owner, method, call)
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="for the runs")
    folder = parser.parse_args().folder
    head = ["10,000 steps on the ring, 10 evaluations", "seconds", *PARTS, "together"]
    body = []
    for name, words in RUNS.items():
        spent = measured(folder / name.replace(" ", "-").replace(",", ""), words)
        shares = [spent[part] / spent["run"] for part in PARTS]
        body.append([name, f"{spent['run']:.0f}",
                     *(f"{share:.1%}" for share in [*shares, sum(shares)])])  # fmt: skip
    text = RESULTS.read_text(encoding="utf-8")
    RESULTS.write_text(tables.replaced(text, "watching", tables.rows(head, body)), encoding="utf-8")


if __name__ == "__main__":
    main()

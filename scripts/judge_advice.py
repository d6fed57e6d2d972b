"""Write what `mcgan judge` says of options that people try, from what the catalogue measured.

    python scripts/judge_advice.py            # after scripts/catalogue.py

It writes src/mcgan/judging/report/measured.json: on the ring, the strict modes of each option that
advice.yaml names. An option that was not measured since its defaults changed has no row.
"""

import json
from pathlib import Path
from typing import Any

from mcgan.judging.report.advice import load_advice

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "docs" / "catalogue.json"
MEASURED = ROOT / "src" / "mcgan" / "judging" / "report" / "measured.json"
SCORE = "modes_strict"


def collect(catalogue: dict[str, Any]) -> dict[str, Any]:
    """The rows of the options that are named, and the one without any."""
    words = {
        f"{group}={name}"
        for groups in load_advice().values()
        for group, names in groups.items()
        for name in names
    }
    rows = {word: row(catalogue.get(f"ring/{word.replace('=', '-')}")) for word in words}
    none = catalogue["ring/reg-none"]["metrics"][SCORE]
    return {
        "modes": round(none["perfect"]),
        "seeds": len(none["values"]),
        "none": row(catalogue["ring/reg-none"]),
        "options": {word: rows[word] for word in sorted(rows) if rows[word]},
    }


def row(entry: dict[str, Any] | None) -> dict[str, Any] | None:
    """Mean and interval; None where the catalogue has no row that is still true."""
    if not entry or entry.get("stale") or SCORE not in entry.get("metrics", {}):
        return None
    score = entry["metrics"][SCORE]
    ends = [round(min(max(end, 0.0), score["perfect"]), 2) for end in score["interval"]]
    return {"mean": round(score["mean"], 2), "interval": ends}


def text() -> str:
    return json.dumps(collect(json.loads(CATALOGUE.read_text())), indent=1) + "\n"


if __name__ == "__main__":
    MEASURED.write_text(text())

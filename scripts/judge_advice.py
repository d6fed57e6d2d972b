"""Write what `mcgan judge` says of options that people try, from what the tables measured.

    python scripts/judge_advice.py            # after scripts/catalogue.py or scripts/rescue.py

It writes src/mcgan/judging/report/measured.json. `collapse` is the base of the rescue table whose
fast critic makes it collapse, `plain` the ring of the catalogue, where nothing does. An option
that was not measured since its defaults changed has no row.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mcgan.judging.report.advice import load_advice, type_options
from mcgan.metrics.interval import bounded_interval

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "docs" / "catalogue.json"
RESCUE = ROOT / "docs" / "rescue.json"
MEASURED = ROOT / "src" / "mcgan" / "judging" / "report" / "measured.json"


def collect(rescue: dict[str, Any], catalogue: dict[str, Any]) -> dict[str, Any]:
    """Both games: their rows of the options that are named, and the one without any."""
    collapse = {key: read_rescue(entry) for key, entry in rescue.items()}
    plain = {key: read_catalogue(entry) for key, entry in catalogue.items()}
    modes = rescue["ring-alone/reg-none"]["whole"]
    return {
        "collapse": {
            "counted": f"modes covered of {modes} by a GAN that collapses",
            **table("collapse", "ring-alone", collapse),
        },
        "plain": {
            "counted": f"strict modes of {modes} in a short run on our ring",
            **table("plain", "ring", plain),
        },
    }


def table(game: str, place: str, values: dict[str, Sequence[float] | None]) -> dict[str, Any]:
    """The rows of the options that are advised by what this game measured."""
    words = {
        word
        for entry in load_advice().values()
        if entry["game"] == game
        for word in type_options(entry)
    }
    none = values[f"{place}/reg-none"]
    rows = {word: values.get(f"{place}/{word.replace('=', '-')}") for word in sorted(words)}
    return {
        "seeds": len(none),
        "none": row(none),
        "options": {word: row(found) for word, found in rows.items() if found},
    }


def read_rescue(entry: dict[str, Any]) -> Sequence[float] | None:
    """Modes covered of each seed; None where the option's run ended without scores."""
    return entry["scores"]["covered"] if "scores" in entry else None


def read_catalogue(entry: dict[str, Any]) -> Sequence[float] | None:
    """Strict modes of each seed; None where the row is no longer true."""
    score = entry.get("metrics", {}).get("modes_strict")
    return None if entry.get("stale") or not score else score["values"]


def row(values: Sequence[float]) -> dict[str, Any]:
    """Mean and interval over the seeds."""
    mean, low, high = bounded_interval(values)
    return {"mean": round(mean, 2), "interval": [round(low, 2), round(high, 2)]}


def text() -> str:
    found = collect(json.loads(RESCUE.read_text()), json.loads(CATALOGUE.read_text()))
    return json.dumps(found, indent=1) + "\n"


if __name__ == "__main__":
    MEASURED.write_text(text())

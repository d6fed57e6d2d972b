"""What scripts/rescue.py keeps of a run, and the rows that it makes of it."""

import json
import math
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import catalogue
import numpy as np
import tables
from pool import Found

from mcgan.compare.statistics import PAIRS, holm, signed_rank_p
from mcgan.compare.tables import chance, share
from mcgan.experiment.course import course
from mcgan.metrics.interval import mean_interval
from mcgan.run.directory import RunDirectory
from mcgan.run.metrics_log import clean
from mcgan.verdict.rules import KINDS

# The scores of result.json by the names of these tables: nothing else here knows their keys.
KEYS = {"covered": "modes_covered", "quality": "quality", "kl": "kl", "spread": "spread_least"}
NOTHING = ("covered", "quality")  # what a diverged seed has none of
FORMATS = {
    "covered": "{:.1f}",
    "quality": "{:.1%}",
    "kl": "{:.3g}",
    "spread": "{:.2f}",
    "rotation": "{:.2f}",
}
CHANGES = {"covered": "{:+.1f}", "quality": "{:+.1%}", "rotation": "{:+.2f}"}
SHORT = [
    "added",
    "seeds with all modes",
    "modes covered",
    "good samples",
    "narrowest mode (data: 1)",
]
HEAD = [
    "option",
    "seeds",
    "rescued",
    "modes covered",
    "quality",
    "KL",
    "spread inside",
    "rotation",
    "verdicts",
    "step time",
    "against the base",
    "endures",
    "recovers",
]
Kept = dict[str, Any]


def condense(folder: Path, content: dict[str, Any]) -> Kept:
    """What the tables need of a run: each seed's scores, verdicts and times."""
    run, seeds = RunDirectory(folder), content["seeds"]
    pace = course(run.metrics, "train", seeds)["time/step_ms"]
    return {
        "steps": run.status()["steps"],
        "seeds": seeds,
        "seconds": content["seconds"],
        "step_ms": float(np.median(pace)) / len(seeds),
        "scores": read_scores(content) | {"rotation": rotation(run.metrics, seeds)},
        "whole": math.floor(content["metrics"][KEYS["covered"]]["perfect"] + 1e-9),
        "verdicts": [each["kind"] for each in content["verdict"]["replicas"]],
        "notes": content.get("notes", []),
    }


def read_scores(content: dict[str, Any]) -> dict[str, list[float | None]]:
    """A run's scores of each seed, by the names of these tables."""
    found = {name: content["metrics"][key]["values"] for name, key in KEYS.items()}
    return found | {name: [value or 0.0 for value in found[name]] for name in NOTHING}


def rotation(metrics: Path, seeds: Sequence[int]) -> list[float | None]:
    """Share of samples in modes that the evaluation before did not hold, of each seed.

    It is the mean over the second half of the run, and None where that has fewer than two.
    """
    fresh = course(metrics, "health", seeds)["health/fresh"].reshape(-1, len(seeds))
    later = fresh[len(fresh) // 2 :]
    return clean(later.mean(0).tolist()) if len(later) > 1 else [None] * len(seeds)


@cache
def ratios() -> dict[str, float]:
    """Step times over that of a plain step, by option, as catalogue_times.py found."""
    stored = json.loads((catalogue.DOCS / "catalogue.json").read_text(encoding="utf-8"))
    return {
        name.partition("/")[2]: each["ratio"][0] for name, each in stored.items() if "ratio" in each
    }


def step_time(name: str) -> str:
    """That ratio of a run's option: times of runs by themselves hang on what else ran then."""
    found = ratios().get(name.partition("/")[2])
    return "–" if found is None else f"{found:.2f} x"


def rescued(kept: Kept) -> float:
    """Share of seeds with full coverage; 0 of a run that is not there or was refused."""
    if "scores" not in kept:
        return 0.0
    return sum(count >= kept["whole"] for count in kept["scores"]["covered"]) / len(kept["seeds"])


def mean(kept: Kept, key: str) -> float | None:
    return mean_interval(kept["scores"][key]).mean


def table(found: Found, base: str, asks: str) -> str:
    """A row for each option: most modes covered first, then best quality; what is missing below."""
    ran = ran_alone(found, base)
    plain = ran.get(f"{base}-alone/reg-none")
    if not plain:
        return ""
    tests = contrasts({name: each for name, each in ran.items() if each is not plain}, plain, asks)
    ranked = sorted(ran, key=lambda name: [-(mean(ran[name], key) or 0.0) for key in NOTHING])
    body = [row(found, name, tests.get(name, "")) for name in ranked]
    return "\n\n".join(filter(None, [tables.rows(HEAD, body), remarks(found, base)]))


def ran_alone(found: Found, base: str) -> Found:
    """The options that were added alone to a base and not refused, and the base itself."""
    return {
        name: each
        for name, each in found.items()
        if name.startswith(f"{base}-alone/") and "scores" in each
    }


def best(found: Found, base: str, count: int) -> str:
    """The READMEs' short table: the base, and the ``count`` options that cover most modes."""
    ran = ran_alone(found, base)
    plain = ran.pop(f"{base}-alone/reg-none", None)
    if plain is None:
        return ""
    ranked = sorted(ran, key=lambda name: [-(mean(ran[name], key) or 0.0) for key in NOTHING])
    cures = {f"`{catalogue.words(name)}`": ran[name] for name in ranked[:count]}
    shown = {"nothing": plain} | cures
    body = [
        [
            name,
            f"{rescued(each):.0%} of {len(each['seeds'])}".replace("%", " %"),
            f"{mean(each, 'covered'):.1f} of {each['whole']}",
            *(show(FORMATS, key, mean(each, key)) for key in ("quality", "spread")),
        ]
        for name, each in shown.items()
    ]
    return tables.rows(SHORT, body)


def row(found: Found, name: str, test: str) -> list[str]:
    kept = found[name]
    scores = [show(FORMATS, key, mean(kept, key)) for key in FORMATS]
    return [
        catalogue.label(name),
        str(len(kept["seeds"])),
        share(rescued(kept)),
        *scores,
        verdicts(kept),
        step_time(name),
        test,
        *(followed(found, name, kind) for kind in ("endurance", "recovery")),
    ]


def show(formats: dict[str, str], key: str, value: float | None) -> str:
    return "–" if value is None else formats[key].format(value).replace("%", " %")


def verdicts(kept: Kept) -> str:
    """`7 healthy, 5 dropping modes`"""
    return ", ".join(
        f"{count} {KINDS[kind]}" for kind, count in Counter(kept["verdicts"]).most_common()
    )


def followed(found: Found, name: str, kind: str) -> str:
    """The share of seeds with full coverage in a run's endurance or recovery."""
    kept = found.get(name.replace("-alone/", f"-{kind}/"), {})
    return share(rescued(kept) if "scores" in kept else None)


def contrasts(ran: Found, plain: Kept, asks: str) -> dict[str, str]:
    """What `compare_paired` finds of each option, as a cell of the table tells it."""
    return {
        name: f"{show(CHANGES, asks, change)}, p {chance(p)}"
        for name, (change, p) in compare_paired(ran, plain, asks).items()
    }


def compare_paired(ran: Found, plain: Kept, asks: str) -> dict[str, tuple[float, float | None]]:
    """By option the mean change of the base's score ``asks``, seed by seed, and p after Holm.

    Options without a pair have none; p is None of too few pairs.
    """
    changes = {name: paired(each, plain, asks) for name, each in ran.items()}
    p = [signed_rank_p(each) if len(each) >= PAIRS else None for each in changes.values()]
    corrected = dict(zip(changes, holm(p), strict=True))
    return {
        name: (float(each.mean()), corrected[name]) for name, each in changes.items() if len(each)
    }


def paired(kept: Kept, plain: Kept, key: str) -> np.ndarray:
    """The change of a score against the base, for each seed that both have."""
    before = dict(zip(plain["seeds"], plain["scores"][key], strict=True))
    pairs = [
        (value, before.get(seed))
        for seed, value in zip(kept["seeds"], kept["scores"][key], strict=True)
    ]
    return np.array([a - b for a, b in pairs if a is not None and b is not None])


def for_card(found: Found, option: str) -> list[str]:
    """Lines for the card of an option: what it does for each base on which it was measured."""
    bases = dict.fromkeys(name.partition("-alone/")[0] for name in found if "-alone/" in name)
    pairs = [
        (base, *(found.get(f"{base}-alone/{name}", {}) for name in (option, "reg-none")))
        for base in bases
    ]
    return [
        f"* `{base}`: full coverage in {share(rescued(mine))} of {len(mine['seeds'])} seeds "
        f"(without it {share(rescued(plain))}); {beside(mine, plain)}"
        for base, mine, plain in pairs
        if "scores" in mine and "scores" in plain
    ]


def beside(mine: Kept, plain: Kept) -> str:
    """Two scores, each with the base's: `quality 88.1 % (without it 54.0 %)`"""
    words = [
        f"{key} {show(FORMATS, key, mean(mine, key))} "
        f"(without it {show(FORMATS, key, mean(plain, key))})"
        for key in ("quality", "rotation")
    ]
    return ", ".join(words)


def remarks(found: Found, base: str) -> str:
    """Why an option has no row, or no endurance or recovery, and what the logs said."""
    lines = []
    for name, kept in found.items():
        if name.startswith(f"{base}-"):
            kind = name[len(base) + 1 :].partition("/")[0]
            told = [f"refused, {kept['refused']}"] if "refused" in kept else kept["notes"]
            lines += [
                f"* {catalogue.label(name)}, {kind}: {words}"
                for words in told
                if kind == "alone" or "refused" in kept
            ]
    return "\n".join(lines)

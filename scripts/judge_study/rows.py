"""A judgement of each case, kept as a row of a file: a study can be stopped and taken up."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch

from judge_study.cases import Case
from judge_study.pools import Pool, pool
from mcgan.judging.judgement import Judgement, judge_features
from mcgan.judging.pairs import prepare
from mcgan.system.atomic import write_bytes

DRAWS = 5  # splits of a judgement; the default is more
KEY = ("part", "data", "defect", "n", "seed")


def load(path: Path) -> dict[str, Any]:
    """What the file holds, by the script that wrote it."""
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def store(path: Path, key: str, rows: list[dict[str, Any]]) -> None:
    """The rows under this key, a line each; what other scripts wrote stays."""
    found = load(path) | {key: rows}
    parts = [
        f"{json.dumps(name)}: [\n" + ",\n".join(map(json.dumps, each)) + "\n]"
        for name, each in sorted(found.items())
    ]
    write_bytes(path, ("{\n" + ",\n".join(parts) + "\n}\n").encode())


def judge_all(path: Path, cases: Iterable[Case]) -> list[dict[str, Any]]:
    """The rows of all cases, those that the file lacks judged now and stored one by one."""
    rows = load(path).get("study", [])
    known = {tuple(row[key] for key in KEY) for row in rows}
    for case in cases:
        if tuple(case[:5]) not in known:
            rows.append(judge(case))
            store(path, "study", rows)
            print({key: rows[-1][key] for key in (*KEY, "kind")}, flush=True)
    return rows


def judge(case: Case) -> dict[str, Any]:
    """What is told of disjoint samples: as `mcgan judge` tells it, features included."""
    generator = torch.Generator().manual_seed(case.seed)
    there = pool(case.data)
    order = torch.randperm(len(there.x), generator=generator)
    real, rest = there.pick(order[: 2 * case.n]), there.pick(order[2 * case.n :])
    fakes = case.defect.make(rest, case.n, generator)
    pair = prepare(*(as_source(side) for side in (fakes, real)))
    found = judge_features(pair.fakes, pair.real, seed=case.seed, draws=DRAWS)
    return dict(zip(KEY, case[:5], strict=True)) | {
        "truly": case.defect.collapsed,
        "kind": found.kind,
        "collapsed": found.collapsed,
        "missing": sum(group.share for group in found.missing),
        "right": right(found, real, fakes),
        "seen": [name for name, measure in found.measures.items() if measure.seen],
        "z": {name: round(measure.z, 1) for name, measure in found.measures.items()},
    }


def as_source(side: Pool) -> Any:
    """Pictures as bytes, vectors as they are."""
    if side.x.ndim == 2:
        return side.x
    return (side.x.clamp(0, 1) * 255).round().to(torch.uint8)


def right(found: Judgement, real: Pool, fakes: Pool) -> float | None:
    """Of the real samples in groups told missing, the share whose class the samples lack."""
    lost = [row for group in found.missing for row in group.rows]
    gone = ~torch.isin(real.y[lost], fakes.y)
    return gone.double().mean().item() if lost else None

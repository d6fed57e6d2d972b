"""How often `judge_features` tells the truth of real pictures with a known defect.

    python scripts/judge_study.py docs/judge.json --fashion FOLDER --mnist FOLDER [--parts …]

Each folder has the four idx files of its data, plain or gzipped. Thresholds were set with --tuning:
on Fashion-MNIST's first 30,000 pictures, other defects and other seeds. What is written is of
pictures, defects and seeds that they were not set on; of MNIST nothing was.
"""

import argparse
import gzip
import json
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Generator, Tensor
from torchvision.transforms.functional import gaussian_blur

from mcgan.judging.judgement import Judgement, judge_features

COMPONENTS = 64
HALF = 30_000  # pictures of Fashion-MNIST for tuning, the others are for the report
DRAWS = 5


class Pictures(NamedTuple):
    """Pictures (n, 28, 28) in 0..1 and their classes (n,)."""

    x: Tensor
    y: Tensor

    def pick(self, rows: Tensor) -> "Pictures":
        return Pictures(self.x[rows], self.y[rows])


Defect = Callable[[Pictures, int, Generator], Tensor]


def read(folder: Path) -> Pictures:
    """The training pictures of a folder with idx files, at any depth."""
    def numbers(kind: str, skip: int) -> np.ndarray:
        path = next(folder.rglob(f"train-{kind}-ubyte*"))
        raw = gzip.open(path).read() if path.suffix == ".gz" else path.read_bytes()
        return np.frombuffer(raw, np.uint8, offset=skip)
    images = numbers("images-idx3", 16).reshape(-1, 28, 28)
    return Pictures(torch.tensor(images).float() / 255, torch.tensor(numbers("labels-idx1", 8)))


def draw(pool: Pictures, n: int, generator: Generator) -> Pictures:
    return pool.pick(torch.randperm(len(pool.x), generator=generator)[:n])


def real(pool: Pictures, n: int, generator: Generator) -> Tensor:
    return draw(pool, n, generator).x


def without(*classes: int) -> Defect:
    """Pictures of all other classes."""
    def defect(pool: Pictures, n: int, generator: Generator) -> Tensor:
        kept = ~torch.isin(pool.y, torch.tensor(classes, dtype=torch.uint8))
        return draw(pool.pick(kept.nonzero()[:, 0]), n, generator).x
    return defect


def repeated(number: int) -> Defect:
    """So many pictures, each many times."""
    def defect(pool: Pictures, n: int, generator: Generator) -> Tensor:
        few = draw(pool, number, generator).x
        return few[torch.randint(number, (n,), generator=generator)]
    return defect


def narrowed(width: float) -> Defect:
    """Each picture drawn to the mean of its class."""
    def defect(pool: Pictures, n: int, generator: Generator) -> Tensor:
        means = torch.stack([pool.x[pool.y == c].mean(0) for c in range(10)])
        x, y = draw(pool, n, generator)
        return means[y.long()] + width * (x - means[y.long()])
    return defect


def noisy(std: float) -> Defect:
    def defect(pool: Pictures, n: int, generator: Generator) -> Tensor:
        x = real(pool, n, generator)
        return (x + std * torch.randn(x.shape, generator=generator)).clamp(0, 1)
    return defect


def specked(share: float) -> Defect:
    """A share of the pixels black or white by chance."""
    def defect(pool: Pictures, n: int, generator: Generator) -> Tensor:
        x = real(pool, n, generator)
        chance = torch.rand(x.shape, generator=generator)
        return torch.where(chance < share, (chance < share / 2).float(), x)
    return defect


def blurred(sigma: float) -> Defect:
    def defect(pool: Pictures, n: int, generator: Generator) -> Tensor:
        x = real(pool, n, generator)
        return gaussian_blur(x[:, None], [2 * int(3 * sigma) + 1] * 2, [sigma] * 2)[:, 0]
    return defect


# (collapsed or not, defect)
TUNING: dict[str, tuple[bool, Defect]] = {
    "real pictures": (False, real),
    **{f"class {c} gone": (True, without(c)) for c in range(10)},
    "classes 1, 5, 8 gone": (True, without(1, 5, 8)),
    "each class half as wide": (True, narrowed(0.5)),
    "100 pictures": (True, repeated(100)),
    "300 pictures": (True, repeated(300)),
    **{f"noise {std}": (False, noisy(std)) for std in (0.1, 0.2, 0.4, 0.8)},
    **{f"blur {sigma}": (False, blurred(sigma)) for sigma in (1.0, 2.0)},
}
REPORTED: dict[str, tuple[bool, Defect]] = {
    "real pictures": (False, real),
    "classes 0, 4, 7 gone": (True, without(0, 4, 7)),
    "classes 2, 3, 9 gone": (True, without(2, 3, 9)),
    "classes 0 to 4 gone": (True, without(0, 1, 2, 3, 4)),
    "class 6 alone": (True, without(0, 1, 2, 3, 4, 5, 7, 8, 9)),
    "each class 0.4 times as wide": (True, narrowed(0.4)),
    "each class 0.2 times as wide": (True, narrowed(0.2)),
    "50 pictures": (True, repeated(50)),
    "200 pictures": (True, repeated(200)),
    "noise 0.15": (False, noisy(0.15)),
    "noise 0.3": (False, noisy(0.3)),
    "noise 0.5": (False, noisy(0.5)),
    "5 % of pixels black or white": (False, specked(0.05)),
    "20 % of pixels black or white": (False, specked(0.2)),
    "blur 0.7": (False, blurred(0.7)),
    "blur 1.3": (False, blurred(1.3)),
}


class Case(NamedTuple):
    """Features of samples and real pictures, and the classes of the real ones."""

    fakes: Tensor
    real: Tensor
    classes: Tensor


def components(x: Tensor, number: int = COMPONENTS) -> tuple[Tensor, Tensor]:
    """The mean pixel (D,) and principal components (D, number) of pictures (n, 28, 28)."""
    flat = x.flatten(1)
    return flat.mean(0), torch.linalg.eigh(torch.cov(flat.T)).eigenvectors[:, -number:]


def make(pool: Pictures, defect: Defect, n: int, m: int, seed: int) -> Case:
    """Disjoint pictures; the components are fitted on the real ones alone."""
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(pool.x), generator=generator)
    there, rest = pool.pick(order[:m]), pool.pick(order[m:])
    mean, axes = components(there.x)
    ours = (defect(rest, n, generator).flatten(1) - mean) @ axes
    return Case(ours, (there.x.flatten(1) - mean) @ axes, there.y)


def judge(case: Case, seed: int) -> Judgement:
    return judge_features(case.fakes, case.real, seed=seed, draws=DRAWS)


def told(pool: Pictures, cases: dict[str, tuple[bool, Defect]], seeds: range,
         note: str) -> dict[str, Any]:
    """Kinds told of each defect at n = 1,000, against 2,000 real pictures."""
    found: dict[str, Any] = {}
    for name, (collapsed, defect) in cases.items():
        judged = [judge(make(pool, defect, 1000, 2000, seed), seed) for seed in seeds]
        found[name] = {"collapsed": collapsed, "n": len(judged),
                       "called": sum(each.collapsed for each in judged),
                       "kinds": dict(Counter(each.kind for each in judged))}
        print(note, name, found[name]["kinds"], judged[0].verdict, judged[0].variety, flush=True)
    return {"defects": found, **precision_and_recall(found)}


def precision_and_recall(found: dict[str, Any]) -> dict[str, float]:
    """Of "collapsed or not", each defect weighing the same."""
    hits = {True: 0.0, False: 0.0}
    for each in found.values():
        hits[each["collapsed"]] += each["called"] / each["n"]
    true = sum(each["collapsed"] for each in found.values())
    return {"precision": hits[True] / max(hits[True] + hits[False], 1e-9),
            "recall": hits[True] / max(true, 1)}


def one_class(pool: Pictures, seeds: range, note: str) -> dict[str, Any]:
    """One class of ten gone, n = 3,000 against 6,000 real pictures: seen, and named."""
    rows = []
    for gone in range(10):
        for seed in seeds:
            case = make(pool, without(gone), 3000, 6000, 100 * seed + gone)
            judged = judge(case, seed)
            lost = [row for group in judged.missing for row in group.rows]
            right = (case.classes[lost] == gone).double().mean().item() if lost else None
            rows.append({"class": gone, "kind": judged.kind, "seen": judged.kind != "healthy",
                         "collapsed": judged.collapsed, "missing": len(lost) / 6000,
                         "of_the_class": right})
            print(note, rows[-1], flush=True)
    named = [row["of_the_class"] for row in rows if row["of_the_class"] is not None]
    return {"runs": rows, "seen": float(np.mean([row["seen"] for row in rows])),
            "named_any": len(named) / len(rows),
            "of_the_class": float(np.mean(named)) if named else None,
            "named": float(np.mean([(row["of_the_class"] or 0) >= 0.8 for row in rows]))}


def false_alarms(pool: Pictures, seeds: range, note: str) -> dict[str, Any]:
    """Real against real pictures, n = 1,000: how often anything is told."""
    kinds = Counter(judge(make(pool, real, 1000, 2000, seed), seed).kind for seed in seeds)
    print(note, kinds, flush=True)
    return {"n": len(seeds), "kinds": dict(kinds), "alarms": 1 - kinds["healthy"] / len(seeds)}


def stacked(pool: Pictures, seeds: range, note: str) -> dict[str, Any]:
    """100 of 1,000 triples of classes as colour channels; 21 components of each channel."""
    kinds = {"100 of 1,000": Counter(), "all": Counter()}
    for seed in seeds:
        for name, found in kinds.items():
            generator = torch.Generator().manual_seed(seed)
            known = torch.randperm(1000, generator=generator)[:100 if name != "all" else 1000]
            fakes = stack(pool, known[torch.randint(len(known), (1000,), generator=generator)],
                          generator)
            there = stack(pool, torch.randint(1000, (2000,), generator=generator), generator)
            features = [by_channel(x, there) for x in (fakes, there)]
            found[judge(Case(*features, torch.empty(0)), seed).kind] += 1
        print(note, kinds, flush=True)
    return {name: dict(found) for name, found in kinds.items()}


def stack(pool: Pictures, triples: Tensor, generator: Generator) -> Tensor:
    """Three pictures of the classes of each triple (n,), as channels (n, 3, 28, 28)."""
    digits = torch.stack([triples // 100, triples // 10 % 10, triples % 10], 1)
    places = [(pool.y == c).nonzero()[:, 0] for c in range(10)]
    chance = torch.rand(digits.shape, generator=generator)
    rows = torch.stack([torch.stack([places[c][int(u * len(places[c]))]
                                     for c, u in zip(line.tolist(), us.tolist(), strict=True)])
                        for line, us in zip(digits, chance, strict=True)])
    return pool.x[rows]


def by_channel(x: Tensor, there: Tensor) -> Tensor:
    """21 principal components of each channel, fitted on real pictures."""
    parts = []
    for channel in range(3):
        mean, axes = components(there[:, channel], COMPONENTS // 3)
        parts.append((x[:, channel].flatten(1) - mean) @ axes)
    return torch.cat(parts, 1)


def speed() -> dict[str, Any]:
    """Seconds of 10,000 against 10,000 vectors of 64 numbers, and of 1,000,000 rows."""
    generator = torch.Generator().manual_seed(0)
    seconds = {}
    for n in (10_000, 1_000_000):
        x, y = torch.randn(2, n, 64, generator=generator)
        start, used = time.perf_counter(), time.process_time()
        judge_features(x, y)
        seconds[f"{n:,}"] = {"wall": time.perf_counter() - start,
                             "processor": time.process_time() - used}
        print(seconds, flush=True)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--fashion", type=Path, required=True)
    parser.add_argument("--mnist", type=Path, required=True)
    parser.add_argument("--parts", nargs="+", default=["told", "one_class", "false_alarms",
                                                       "stacked", "speed"])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--tuning", action="store_true", help="the pictures, seeds and defects that"
                        " thresholds were set on")
    arguments = parser.parse_args()
    fashion = read(arguments.fashion)
    rows = torch.arange(len(fashion.x))
    tuning = arguments.tuning
    pools = {"fashion": fashion.pick(rows[:HALF] if tuning else rows[HALF:])}
    if not tuning:
        pools["mnist"] = read(arguments.mnist)
    first = 0 if tuning else 1000
    seeds = range(first, first + arguments.seeds)
    parts: dict[str, Callable[[Pictures, str], Any]] = {
        "told": lambda pool, note: told(pool, TUNING if tuning else REPORTED, seeds, note),
        "one_class": lambda pool, note: one_class(pool, seeds, note),
        "false_alarms": lambda pool, note: false_alarms(
            pool, range(first + 500, first + 500 + 10 * arguments.seeds), note),
        "stacked": lambda pool, note: stacked(pool, seeds, note),
    }
    found = json.loads(arguments.out.read_text()) if arguments.out.exists() else {}
    for part in arguments.parts:
        measured = speed() if part == "speed" else {
            name: parts[part](pool, name) for name, pool in pools.items()}
        found[part] = measured
        arguments.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

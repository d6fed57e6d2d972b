"""Judge generators of other makers, and write what is told beside their true state.

    python scripts/judge_others.py docs/judge.json [--only NAME …]

Each is trained by the script, minutes on one core, and kept as a row: stop and start it as you
like. The true state of pictures is told by the classes that the package's classifier of MNIST sees,
that of the ring by its modes. ParticleGAN is a package of PyPI: `pip install particlegan`.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import other_generators as others
import tables
import torch
from judge_study.pools import Pool, pool
from judge_study.rows import load, store
from other_generators import Pace, Sampler
from torch import Tensor

from mcgan.dataset import shipped_classifiers
from mcgan.judging.judgement import judge_features
from mcgan.judging.pairs import prepare

N, SEED = 1000, 0
GONE = 0.2  # of its share, below which a class is lost
NARROW = 0.5  # of the real spread inside classes, below which samples are collapsed


class Maker(NamedTuple):
    """Who made it, of which data, how its samples are trained, how a class is told."""

    data: str
    train: Callable[[Pool], Sampler]
    classes: Callable[[Pool, Tensor], Tensor]


def pictures(there: Pool) -> Tensor:
    """(n, 1, 28, 28) in -1..1."""
    return 2 * there.x[:, None] - 1


def by_classifier(there: Pool, x: Tensor) -> Tensor:
    """The class (n,) that the package's classifier sees in pictures in -1..1."""
    judge = shipped_classifiers.load("MNIST").net
    with torch.no_grad():
        return torch.cat([judge(part).argmax(1) for part in x.split(500)])


def by_mode(there: Pool, x: Tensor) -> Tensor:
    """The nearest mode (n,)."""
    centres = torch.stack([there.x[there.y == mode].mean(0) for mode in there.y.unique()])
    return torch.cdist(x, centres).argmin(1)


def by_quarter(there: Pool, x: Tensor) -> Tensor:
    """The nearest mode and its quarter (n,): outer or inner, to the left or to the right."""
    centres = torch.stack([there.x[there.y == mode].mean(0) for mode in there.y.unique()])
    mode = torch.cdist(x, centres).argmin(1)
    about, out = x - centres[mode], centres[mode]
    left = torch.stack([-out[:, 1], out[:, 0]], 1)
    return 4 * mode + 2 * ((about * out).sum(1) > 0) + ((about * left).sum(1) > 0)


def dcgan(pace: Pace) -> Maker:
    return Maker(
        "mnist", lambda there: others.train_dcgan(pictures(there), pace, SEED), by_classifier
    )


def vae(pace: Pace) -> Maker:
    return Maker(
        "mnist", lambda there: others.train_vae(pictures(there), pace, SEED), by_classifier
    )


def particles(pace: Pace) -> Maker:
    def train(there: Pool) -> Sampler:
        return others.train_particles(
            lambda n: there.x[torch.randint(len(there.x), (n,))], pace, SEED
        )

    return Maker("ring", train, by_mode)


MAKERS = {
    "plain DCGAN": dcgan(Pace(800, lr_g=1e-3, lr_d=1e-3)),
    "plain DCGAN, G 50 times as fast as D": dcgan(Pace(200, lr_g=1e-2)),
    "VAE": vae(Pace(4000, batch=128)),
    "ParticleGAN 0.9.4, its example": particles(Pace(4000, batch=256)),
    "ParticleGAN 0.9.4, stopped early": particles(Pace(50, batch=128)),
}


def judge(name: str, maker: Maker, n: int = N) -> dict[str, Any]:
    """A row: the true state of a trained generator, and what is told of its samples."""
    there = pool(maker.data)
    sample = maker.train(there)
    torch.manual_seed(SEED + 1)
    fakes = sample(n)
    real = there.draw(2 * n, torch.Generator().manual_seed(SEED))
    shown = pictures(real) if maker.data == "mnist" else real.x
    pair = prepare(as_bytes(fakes), as_bytes(shown))
    found = judge_features(pair.fakes, pair.real, seed=SEED)
    quarters = [by_quarter(there, x) for x in (shown, fakes)] if shown.ndim == 2 else None
    return {
        "name": name,
        "data": maker.data,
        "n": n,
        "kind": found.kind,
        "collapsed": found.collapsed,
        "verdict": found.verdict,
        "quarters": len(find_lost(*quarters)) if quarters else None,
        **true_state(fakes, shown, real.y, maker.classes(there, fakes)),
    }


def as_bytes(x: Tensor) -> Tensor:
    """Pictures in -1..1 as bytes, vectors as they are."""
    return x if x.ndim == 2 else ((x.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)


def true_state(fakes: Tensor, real: Tensor, known: Tensor, seen: Tensor) -> dict[str, Any]:
    """Classes lost, and the spread inside classes over the real one: both say what is true."""
    classes, lost = known.unique(), find_lost(known, seen)
    width = spread(fakes, seen, classes) / spread(real, known, classes)
    return {
        "lost": lost,
        "classes": len(classes),
        "width": round(width, 2),
        "truly": bool(lost) or width < NARROW,
    }


def find_lost(known: Tensor, seen: Tensor) -> list[int]:
    """The classes with less than a fifth of their share."""
    shares = [((known == c).double().mean(), (seen == c).double().mean()) for c in known.unique()]
    return [
        int(c) for c, (due, ours) in zip(known.unique(), shares, strict=True) if ours < GONE * due
    ]


def spread(x: Tensor, classes: Tensor, of: Tensor) -> float:
    """Root of the mean variance inside classes, classes of one sample left out."""
    there = [x[classes == c].flatten(1) for c in of if (classes == c).sum() > 1]
    return torch.stack([part.var(0).sum() for part in there]).mean().sqrt().item()


def table(rows: list[dict[str, Any]]) -> str:
    head = ["generator", "classes lost", "quarters of modes lost", "spread inside", "collapsed"]
    body = [
        [
            row["name"],
            f"{len(row['lost'])} of {row['classes']}",
            "–" if row["quarters"] is None else f"{row['quarters']} of {4 * row['classes']}",
            f"{row['width']:.2f}",
            "yes" if row["truly"] else "no",
            row["kind"],
            tables.cell(row["verdict"]),
        ]
        for row in rows
    ]
    return tables.rows([*head, "told", "verdict"], body)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path, help="the file of rows")
    parser.add_argument("--only", nargs="+", choices=MAKERS, default=list(MAKERS))
    asked = parser.parse_args()
    rows = load(asked.out).get("others", [])
    for name in asked.only:
        if name not in [row["name"] for row in rows]:
            rows.append(judge(name, MAKERS[name]))
            store(asked.out, "others", rows)
            print(rows[-1], flush=True)
    text = tables.RESULTS.read_text(encoding="utf-8")
    tables.RESULTS.write_text(tables.replaced(text, "judge others", table(rows)), encoding="utf-8")


if __name__ == "__main__":
    main()

"""Show what each cure that this project is built around is for: a figure, a table, paired tests.

    nohup python scripts/asked.py > asked.log &     # can be stopped and taken up
    python scripts/asked.py --table                 # only the table and the figure

Every question is one game and rows that differ from it by one cure. What is in docs/asked.json is
not run again. Rows of the ring and of rotation are those of docs/rescue.json.
"""

import argparse
import json
import signal
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pool
import rescue
import rescue_rows
import tables
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pool import Found

from mcgan.compare.tables import chance
from mcgan.explain import vanishing
from mcgan.metrics.interval import bounded_interval
from mcgan.view.figures.style import BLUE, FAINT, INK, VERMILLION, new_figure, place, png

DOCS = Path(__file__).resolve().parents[1] / "docs"
SEEDS, STEPS = rescue.SEEDS, rescue.STEPS  # of the stored rows beside them
MINUTES = 60  # a run that takes longer is stopped
STORED = "rescue.json"  # rows whose words are one name lie there
GRADIENT = "gradient"  # the score of the question that vanishing.py answers


class Question(NamedTuple):
    """A game, the score in question, and its rows: the first is what the others are against."""

    title: str
    score: str
    label: str  # of the score
    rows: Mapping[str, str]  # label -> what is typed, or a run's name in docs/rescue.json
    seeds: range = range(SEEDS)  # of the rows that are typed


COLLAPSE = "experiment=collapse dataset=ring"
BRIDGE = "experiment=bridge"
PAIR = "experiment=bridge objective=wgan_gp objective.critic_steps=1"
ONE_TURN = f"{PAIR} reg.gradient_penalty.weight=0.1"  # the default when these were measured
A_TENTH = f"{PAIR} reg.gradient_penalty.weight=0.01"
QUESTIONS = {
    "gradients": Question(
        "Saturating loss or Wasserstein: what reaches G when D is nearly perfect?",
        GRADIENT,
        "gradient that reaches G, of the first",
        {name: name for name in ("minimax", "wgan_gp", "wgan")},
    ),
    "collapse": Question(
        "Clipping and gradient penalty: do they end the collapse of minimax?",
        "covered",
        "modes covered, of 8",
        {
            "minimax": "ring-alone/reg-none",
            "objective=wgan": "ring-alone/objective-wgan",
            "objective=wgan_gp": "ring-alone/objective-wgan_gp",
            "reg=gradient_penalty": "ring-alone/reg-gradient_penalty",
        },
    ),
    "minibatch": Question(
        "Minibatch discrimination: does it raise coverage?",
        "covered",
        "modes covered, of 25",
        {"wgan_gp, one turn of D": ONE_TURN, "reg=minibatch": f"{ONE_TURN} reg=minibatch"},
    ),
    "replay": Question(
        "Experience replay: does G move about less?",
        "rotation",
        "share of samples in new modes",
        {
            "non_saturating, slow D": "rotate-alone/reg-none",
            "reg=replay": "rotate-alone/reg-replay",
        },
    ),
    "mixture": Question(
        "Several generators, picked at random or by a manager: do they cover the grid?",
        "quality",
        "share of good samples",
        {
            "one generator": BRIDGE,
            "reg=mixture": f"{BRIDGE} reg=mixture",
            "the same, manager=learned": f"{BRIDGE} reg=mixture reg.mixture.manager=learned",
        },
    ),
    "main job": Question(
        "Together: does the main job's pair cover more than its parts?",
        "covered",
        "modes covered, of 25",
        {
            "both": f"{ONE_TURN} reg=minibatch",
            "wgan_gp, one turn of D": ONE_TURN,
            "reg=minibatch, non_saturating": f"{BRIDGE} reg=minibatch",
        },
        range(12, 36),  # seeds 0 to 11 were looked at before the question was put
    ),
    "pair": Question(
        "Together: does it with a tenth of that penalty?",
        "covered",
        "modes covered, of 25",
        {
            "both": f"{A_TENTH} reg=minibatch",
            "wgan_gp, one turn of D": A_TENTH,
            "reg=minibatch, non_saturating": f"{BRIDGE} reg=minibatch",
        },
        range(200, 224),  # looked at for the first time
    ),
    "penalty and minibatch": Question(
        "Together: do a penalty and minibatch discrimination end the collapse of minimax?",
        "covered",
        "modes covered, of 8",
        {
            "both": f"{COLLAPSE} reg=[gradient_penalty,minibatch]",
            "reg=gradient_penalty": f"{COLLAPSE} reg=gradient_penalty",
            "reg=minibatch": f"{COLLAPSE} reg=minibatch",
        },
        range(400, 424),  # looked at for the first time
    ),
    "penalty and mixture": Question(
        "Together: does a penalty that ends rotation help several generators?",
        "quality",
        "share of good samples",
        {
            "both": "experiment=rotate reg=[r1,mixture]",
            "reg=r1": "rotate-alone/reg-r1",
            "reg=mixture": "experiment=rotate reg=mixture",
        },
    ),
    "together": Question(
        "Together: do two cures do more than the better one?",
        "quality",
        "share of good samples",
        {
            "reg=r1": "rotate-alone/reg-r1",
            "reg=replay": "rotate-alone/reg-replay",
            "reg=[r1,replay]": "experiment=rotate reg=[r1,replay]",
        },
    ),
    "replay again": Question(
        "Together: replay and a penalty again, with 96 new seeds",
        "quality",
        "share of good samples",
        {
            "both": "experiment=rotate reg=[r1,replay]",
            "reg=r1": "experiment=rotate reg=r1",
            "reg=replay": "experiment=rotate reg=replay",
        },
        range(500, 596),  # looked at for the first time
    ),
}


def work(found: Found, runs: Path) -> dict[str, list[str]]:
    """The words of each run that is not known yet, by its name."""
    return {
        name: ["train", *typed.split(), *game_words(question), f"runs_dir={runs}", f"name={name}"]
        for name, question, typed in own_runs()
        if name not in found
    }


def game_words(question: Question) -> list[str]:
    """Length and seeds of a question's runs."""
    seeds = question.seeds
    return [f"train.steps={STEPS}", f"replicas={len(seeds)}", f"seed={seeds.start}"]


def own_runs() -> Iterator[tuple[str, Question, str]]:
    """Name, question and words of every run that is this script's own."""
    for key, question in QUESTIONS.items():
        for label, typed in question.rows.items():
            if typed.startswith("experiment="):
                yield f"{slug(key)}/{slug(label)}", question, typed


def slug(label: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in label)


def gradients(objective: str) -> list[float]:
    """Of each seed the gradient's norm that G gets after D's last turn, over that before it."""
    curves = (vanishing.curve(objective, seed) for seed in range(0, SEEDS, vanishing.SEEDS))
    return [float(left) for curve in curves for left in curve.norms[-1] / curve.norms[0]]


def kept_of(key: str, label: str, found: Found) -> rescue_rows.Kept:
    """What is known of a question's row; empty where it was not run."""
    typed = QUESTIONS[key].rows[label]
    return found.get(typed if "-alone/" in typed else f"{slug(key)}/{slug(label)}", {})


def values(key: str, label: str, found: Found) -> np.ndarray:
    """The score of a question's row, of each seed; empty where it was not run."""
    scores = kept_of(key, label, found).get("scores", {})
    return np.array(scores.get(QUESTIONS[key].score, []), dtype=float)


def tested(key: str, found: Found) -> dict[str, str]:
    """By row the mean change against the first row, seed by seed, and p after Holm's correction."""
    first, *others = ((label, kept_of(key, label, found)) for label in QUESTIONS[key].rows)
    ran = {label: kept for label, kept in others if kept}
    if not (ran and first[1]):
        return {}
    changes = rescue_rows.compare_paired(ran, first[1], QUESTIONS[key].score)
    return {label: f"{change:+.2g}, p {chance(p)}" for label, (change, p) in changes.items()}


def table(found: Found) -> str:
    """A block for each question: its rows, their mean score and interval, and the test."""
    return "\n\n".join(block(key, found) for key in QUESTIONS)


def block(key: str, found: Found) -> str:
    question, tests = QUESTIONS[key], tested(key, found)
    body = []
    for label in question.rows:
        each = values(key, label, found)
        shown = interval(each) if len(each) else "–"
        body.append([f"`{label}`", str(len(each)), shown, tests.get(label, "")])
    head = ["row", "seeds", question.label, "against the first row"]
    game = typed_of(key)
    return "\n\n".join([f"**{question.title}**", *game, tables.rows(head, body)])


def typed_of(key: str) -> list[str]:
    """The command of a question's first row, where it is not one of docs/rescue.json."""
    first = next(iter(QUESTIONS[key].rows.values()))
    words = " ".join([first, *game_words(QUESTIONS[key])])
    return [f"The first row is `mcgan train {words}`."] if first.startswith("experiment=") else []


def interval(each: np.ndarray) -> str:
    found = bounded_interval(each.tolist())
    return f"{found.mean:.3g} ({found.lower:.3g} … {found.upper:.3g})"


def draw(found: Found) -> Figure:
    """A panel for each question: a dot for each seed, and a line at the mean."""
    keys = [*QUESTIONS]
    rows = -(-len(keys) // 2)
    sheet = new_figure(9.0, 2.6 * rows)
    for number, key in enumerate(keys):
        down, across = divmod(number, 2)
        axes = place(sheet, 2.0 + 4.5 * across, 2.6 * (rows - 1 - down) + 0.55, 2.3, 1.5)
        panel(axes, key, found)
    return sheet


def panel(axes: Axes, key: str, found: Found) -> None:
    question = QUESTIONS[key]
    for at, label in enumerate(question.rows):
        each = values(key, label, found)
        spots = at + np.linspace(-0.22, 0.22, len(each))
        axes.plot(each, spots, "o", ms=3.5, color=BLUE if at else VERMILLION, alpha=0.75)
        if len(each):
            axes.plot([each.mean()] * 2, [at - 0.34, at + 0.34], color=INK, lw=1.5)
    axes.set_yticks(range(len(question.rows)), [*question.rows], fontsize=8)
    axes.set_ylim(len(question.rows) - 0.5, -0.5)
    axes.set_xlabel(question.label, fontsize=8, color=INK)
    axes.set_xscale("log" if question.score == GRADIENT else "linear")
    axes.grid(axis="x", color=FAINT, alpha=0.25, lw=0.6)
    axes.set_title(textwrap.fill(question.title, 46), fontsize=8.5, color=INK, loc="right")


def write(found: Found) -> None:
    results = DOCS / "RESULTS.md"
    text = results.read_text(encoding="utf-8")
    results.write_text(tables.replaced(text, "asked", table(found)), encoding="utf-8")
    (DOCS / "pictures" / "asked.png").write_bytes(png(draw(found)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--workers", type=int, default=2, help="runs at a time, one a core")
    parser.add_argument("--runs", type=Path, default=Path("runs/asked"))
    parser.add_argument("--table", action="store_true", help="train nothing")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    file = DOCS / "asked.json"
    found: Found = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    if not args.table:
        train(found, file, args)
    write(json.loads((DOCS / STORED).read_text(encoding="utf-8")) | found)


def train(found: Found, file: Path, args: argparse.Namespace) -> None:
    """Runs what is not known yet, and writes the file after each run."""
    for label, objective in QUESTIONS["gradients"].rows.items():
        name = f"gradients/{slug(label)}"
        if name not in found:
            left = gradients(objective)
            found[name] = {"seeds": [*range(len(left))], "scores": {GRADIENT: left}}
            file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    left = work(found, args.runs)
    pool.fill(found, file, left, pool.Pool(args.runs, args.workers, MINUTES), rescue_rows.condense)


if __name__ == "__main__":
    main()

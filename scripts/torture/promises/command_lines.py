"""A mistake in the words of a command is one line and exit code 2, never a traceback.

Command lines of every verb are random, made of the real groups, options and settings. Values are
their own or hostile ones. Then lines are mutated: pieces are put in, taken out or doubled
(brackets, quotes, NUL, line breaks, surrogates, huge numbers, `${`), and words are missing or there
twice. Runs are of one step. The command has to end within two minutes with a documented code; where
that is 2, by one line that leaves nothing half-written.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import yaml

from mcgan.config.messages import list_options
from mcgan.config.paths import conf_dir
from torture import small
from torture.commands import GOOD, check_line, listing, run
from torture.words import HOSTILE, NUMBERS, mutate

NUMBER, GOAL = "R17", 1000
LINES = 100  # of a round
PATIENCE = 120.0  # seconds
GROUPS = ("optim", "arch", "objective", "reg", "protocol", "dataset", "experiment")
HEAVY = (
    "dataset=folder",
    "dataset=stacked_mnist",
    "experiment=stacked_mnist",
    "experiment=paper",
    "experiment=reproduce",
)  # need data, or train for minutes before the first step
FIXED = ("train.steps", "name", "runs_dir")  # a run may be long, and lie where its user says
HYDRA = [
    f"hydra.{key}"
    for key in (
        "verbose",
        "mode",
        "job.name",
        "job.chdir",
        "job.num",
        "job.id",
        "job.config",
        "output_subdir",
        "job_logging",
        "job_logging.root.level",
        "job_logging.root.handlers",
        "job_logging.version",
        "hydra_logging",
        "launcher",
        "sweeper",
        "sweeper.params",
        "sweeper.max_batch_size",
        "help",
        "help.template",
        "runtime",
        "runtime.cwd",
        "overrides",
        "overrides.task",
        "callbacks",
        "env",
        "sweep.subdir",
        "run",
        "sweep",
        "job.override_dirname",
        "job.env_copy",
        "defaults",
        "x",
    )
]
SAMPLES = ("fakes.npy", "real.npy")
STEP = [*small.NETS, "eval.every=0", "train.steps=1"]
FAILS = 1  # of `mcgan check`: a law does not hold


def tries(draw: Random, place: Path) -> Iterator[object]:
    assert small.train(place / "runs" / "one").code == 0
    for name in SAMPLES:
        np.save(place / name, np.random.default_rng(draw.getrandbits(32)).normal(size=(120, 2)))
    for number in range(LINES):
        words = make_line(draw, number)
        check(place, words)
        yield words


def check(place: Path, words: list[str]) -> None:
    before = listing(place)
    ended = run(place, words, patience=PATIENCE)
    if ended.code == 2 and "-m" not in words:
        check_line(words, ended)
        left = set(listing(place)) - set(before) - {"runs/one/train.log", "runs/one/.lock"}
        assert not left, f"{words!r} left {left}"
    codes = (*GOOD, 2, *([FAILS] if words[:1] == ["check"] else []))
    assert ended.code in codes, f"{words!r}: exit code {ended.code}\n{ended.err[-2000:]}"


def make_line(draw: Random, number: int) -> list[str]:
    """A verb with its words, of which half the lines have one mutated, and some one too few."""
    verb = draw.choice([*VERBS, *["train"] * 12])
    words = VERBS[verb](draw, number)
    if words and draw.random() < 0.5:
        at = draw.randrange(len(words))
        words[at] = mutate(draw, words[at])
    if len(words) > 1 and draw.random() < 0.1:
        words.remove(draw.choice(words))
    return [*filter(None, [verb]), *words, *(STEP if verb == "train" else [])]


def train_words(draw: Random, number: int) -> list[str]:
    options = [
        f"{group}={draw.choice(list_options(group))}"
        for group in draw.sample(GROUPS, draw.randint(0, 2))
    ]
    options = [word for word in options if not word.startswith(HEAVY)]
    changed = [
        f"{key}={value_of(draw, value)}"
        for key, value in draw.sample(settings(), draw.randint(1, 3))
    ]
    if draw.random() < 0.15:
        changed.append(f"{draw.choice(HYDRA)}={draw.choice(NUMBERS)}")
    flags = [["-m"], ["--cfg", "job"], ["--help"], [], [], [], [], []]
    return [*draw.choice(flags), f"name=n{number}", *options, *changed]


def value_of(draw: Random, value: Any) -> str:
    """Its own value, a number that may be none, or a hostile text."""
    return str(
        draw.choice([value, draw.choice(NUMBERS), draw.choice(NUMBERS), draw.choice(HOSTILE)])
    )


@cache
def settings() -> list[tuple[str, Any]]:
    """Every setting with its default, of each option too, but the number of steps."""
    found = dict(flatten(read(conf_dir() / "config.yaml"), ""))
    for group in GROUPS[:-1]:
        for file in (conf_dir() / group).glob("*.yaml"):
            place = f"reg.{file.stem}" if group == "reg" else group
            found |= flatten(read(file), place)
    return [(key, found[key]) for key in sorted(found) if key not in FIXED]


def read(file: Path) -> dict[str, Any]:
    content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    return {key: each for key, each in content.items() if key not in ("defaults", "hydra")}


def flatten(node: Any, key: str) -> Iterator[tuple[str, Any]]:
    for name, each in node.items():
        inner = f"{key}.{name}".lstrip(".")
        yield from flatten(each, inner) if isinstance(each, dict) else [(inner, each)]


def changes(draw: Random) -> list[str]:
    """Settings as resume and evaluate take them, and others."""
    keys = ["eval.samples", "protocol", "train.log_every", "train.stop_on", "dataset.root", "seed"]
    return [
        f"{draw.choice(keys)}={draw.choice([*NUMBERS, *HOSTILE, '20', 'pacgan'])}"
        for _ in range(draw.randint(0, 2))
    ]


def flag(draw: Random, *names: str) -> list[str]:
    """A flag with a value, sometimes."""
    inside = [word for word in HOSTILE if not word.startswith(("/", "..", "~"))]
    value = draw.choice([*NUMBERS, *inside, "3"])
    return draw.choice([[], [draw.choice(names), value], [f"{draw.choice(names)}={value}"]])


def run_word(draw: Random) -> str:
    return draw.choice(["one", "one", "runs/one", "last", draw.choice(HOSTILE)])


def judge_words(draw: Random, _: int) -> list[str]:
    sources = [draw.choice([*SAMPLES, *SAMPLES, "one", draw.choice(HOSTILE)]) for _ in SAMPLES]
    keys = ["n", "seed", "labels", "heldout", "features", "key"]
    values = [*NUMBERS, *HOSTILE, "pixels", "folders", *SAMPLES]
    settings = [f"{draw.choice(keys)}={draw.choice(values)}" for _ in range(draw.randint(0, 2))]
    return [*sources, *settings, *flag(draw, "--json", "--html", "--figure")]


VERBS = {
    "train": train_words,
    "resume": lambda draw, _: [run_word(draw), *changes(draw)],
    "evaluate": lambda draw, _: [run_word(draw), *changes(draw)],
    "sample": lambda draw, _: [run_word(draw), *flag(draw, "--n", "--replica", "--seed", "--out")],
    "compare": lambda draw, _: [run_word(draw), *flag(draw, "--baseline", "--format", "--html")],
    "judge": judge_words,
    "cite": lambda draw, _: [run_word(draw), *flag(draw, "--out")],
    "export": lambda draw, _: [f"to=no{draw.choice(HOSTILE)}", run_word(draw), *changes(draw)],
    "list": lambda draw, _: draw.sample([*GROUPS, "r1", "--markdown", draw.choice(HOSTILE)], 2),
    "explain": lambda draw, _: [draw.choice(HOSTILE), *flag(draw, "--out", "--seed")],
    "dashboard": lambda draw, _: [f"no{draw.choice(HOSTILE)}", *flag(draw, "--port", "--host")],
    "reproduce": lambda draw, _: [f"no{draw.choice(HOSTILE)}", *changes(draw)],
    "check": lambda draw, _: [f"{draw.choice(GROUPS)}={draw.choice(HOSTILE)}", *changes(draw)],
    "": lambda draw, _: [draw.choice([*HOSTILE, "--version", "-sc", "trian"])],
}  # fmt: skip

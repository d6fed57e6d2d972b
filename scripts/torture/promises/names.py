"""Nothing is written outside the folder of runs, whatever a run, a job or a file is called.

Names are hostile: parents, absolute paths, NUL, line breaks, dashes, 300 bytes, right-to-left
marks, emoji, lone surrogates, trailing dots; words of shells, reserved names, links that lead out.
Each is a run's or a sweep's name, the value of a swept setting, the run of a verb, a file or a
protocol. The command ends with 0, or is refused in a line; whatever it writes lies under runs/.
"""

from collections.abc import Callable, Iterator
from contextlib import chdir
from pathlib import Path
from random import Random

from torture import small
from torture.commands import GOOD, check_line, listing, run
from torture.words import HOSTILE, mutate

NUMBER, GOAL = "R12", 200
STEP = [*small.NETS, "train.steps=1", "eval.every=0"]
Words = Callable[[str], list[str]]
PLACES: list[Words] = [
    lambda name: ["train", *STEP, f"name={name}"],
    lambda name: ["train", *STEP, f"name={quote(name)}"],
    lambda name: ["train", *STEP, f"name={quote('a/' + name)}"],
    lambda name: ["train", "-m", *STEP, "seed=0,1", f"name={quote(name)}"],
    lambda name: ["train", "-m", *STEP, f"start_from={quote(name)},null", "name=sweep"],
    lambda name: ["train", *STEP, f"start_from={quote(name)}", "name=began"],
    lambda name: ["train", *STEP, f"dataset.root={quote(name)}", "+dataset.x=1"],
    lambda name: ["train", *STEP, f"protocol.name={quote(name)}", "name=named"],
    lambda name: ["train", *STEP, f"hydra.job.name={quote(name)}", "name=job"],
    lambda name: ["resume", name],
    lambda name: ["resume", "one", f"protocol.name={name}"],
    lambda name: ["evaluate", name],
    lambda name: ["evaluate", "one", f"protocol={name}"],
    lambda name: ["sample", name, "--n", "2"],
    lambda name: ["sample", "one", "--n", "2", "--out", f"runs/one/{flat(name)}.npy"],
    lambda name: ["sample", "one", "--n", "2", "--out", f"runs/one/{flat(name)}/"],
    lambda name: ["compare", name],
    lambda name: ["compare", "runs", "--html", f"runs/one/{flat(name)}"],
    lambda name: ["judge", name, "one", "n=100"],
    lambda name: ["judge", "one", "n=100", "--json", f"runs/one/{flat(name)}"],
    lambda name: ["cite", name],
    lambda name: ["reproduce", name],
    lambda name: ["check", f"reg={name}"],
    lambda name: ["list", name],
    lambda name: ["explain", name],
]  # fmt: skip


def flat(name: str) -> str:
    """A file lies where its user says: this one says a name alone."""
    return name.replace("/", "_")


def quote(name: str) -> str:
    """As a word of Hydra's that means the name itself."""
    text = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{text}'"


def tries(draw: Random, place: Path) -> Iterator[object]:
    work = place / "work"
    runs, outside = work / "runs", place / "outside"
    outside.mkdir()
    assert small.train(runs / "one").code == 0
    (runs / "link").symlink_to(outside)
    while True:
        name = draw.choice([*HOSTILE, mutate(draw, draw.choice(HOSTILE)), "link", "link/x"])
        check(place, runs, draw.choice(PLACES)(name))
        yield name


def check(place: Path, runs: Path, words: list[str]) -> None:
    """Ends well or in a line; all that is new lies under runs/, and not where a link leads."""
    before = [path for path in listing(place) if not path.startswith("work/runs/")]
    with chdir(runs.parent):
        ended = run(place, words, allowed=runs)
    if ended.code not in GOOD and "-m" not in words:
        check_line(words, ended)
    now = [path for path in listing(place) if not path.startswith("work/runs/")]
    assert now == before, f"{words!r} left {set(now) ^ set(before)}"

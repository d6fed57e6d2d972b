"""A damaged record of a run misleads nobody: it is refused in a line, or costs what it held.

A run has ended or was interrupted. A record in its folder is damaged as checkpoints are, or it
is gone, or holds other JSON. Records are status.json, config.yaml, result.json, metrics.jsonl and
what was typed. Each verb that reads runs ends well or in one line. A run that goes on keeps every
row that was whole, and ends with the weights of one that nobody disturbed.
"""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import torch

from damage import damage
from mcgan.run.directory import RunDirectory
from mcgan.run.metrics_log import read
from processes import ending
from torture import small
from torture.commands import GOOD, check_line, run
from torture.hurt import Hurt

NUMBER, GOAL = "R20", 500
MUTANTS = 50  # of a round
RECORDS = ("status.json", "config.yaml", "result.json", "metrics.jsonl", ".hydra/config.yaml",
           ".hydra/overrides.yaml")  # fmt: skip
ODD = [
    b"", b"5", b"null", b"[]", b"{}", b'"x"', b"{" * 9999, b"[" * 9999, b"\0" * 99, b"a: &a [*a]",
    b"NaN", b'{"kind": "train", "step": 1e400}\n', b"\xff\xfe", b'{"state": "done"}',
]  # fmt: skip
LONGER = f"train.steps={small.STEPS + 1}"
VERBS: list[list[str]] = [
    ["resume", "runs/one"], ["resume", "runs/one", LONGER], ["evaluate", "runs/one"],
    ["sample", "runs/one", "--n", "2"], ["cite", "runs/one"], ["judge", "runs/one", "n=100"],
    ["compare", "runs"], ["compare", "runs", "--format", "csv"],
    ["compare", "runs", "--html", "page.html"], small.words(Path("runs/one")),
]  # fmt: skip


def tries(draw: Random, place: Path) -> Iterator[object]:
    done, stopped = place / "whole" / "done", place / "whole" / "stopped"
    assert small.train(done).code == 0
    step = Hurt("a step", draw.randint(8, small.STEPS - 1), True, small.stop)
    assert small.train(stopped, prepare=step).code == 128 + signal.SIGTERM
    for mutant in range(MUTANTS):
        folder = place / "runs" / "one"
        shutil.copytree(draw.choice([done, stopped]), folder)
        spoiled = spoil(draw, folder, mutant)
        words = draw.choice(VERBS)
        try_verb(place, words, folder)
        shutil.rmtree(folder.parent)
        yield spoiled, words


def spoil(draw: Random, folder: Path, mutant: int) -> str:
    """Damages a record that is there, or takes it away; its name."""
    file = draw.choice([folder / name for name in RECORDS if (folder / name).is_file()])
    kind = draw.choice(["damaged", "damaged", "damaged", "odd", "gone"])
    if kind == "gone":
        file.unlink()
    else:
        whole = file.read_bytes()
        file.write_bytes(damage(whole, draw, mutant) if kind == "damaged" else draw.choice(ODD))
    return f"{file.name} {kind}"


def try_verb(place: Path, words: list[str], folder: Path) -> None:
    whole = [row for row in rows(folder) if row["step"] <= newest(folder)]
    ended = run(place, words)
    if ended.code not in GOOD:
        check_line(words, ended)
    elif words[0] in ("resume", "train"):
        kept = rows(folder)
        assert all(row in kept for row in whole), f"{words!r} lost rows"
        check_weights(ending(RunDirectory(folder)))


def rows(folder: Path) -> list[dict[str, Any]]:
    """The rows that are whole, without times: those of steps made again differ in them."""
    return [
        {key: each for key, each in row.items() if not key.startswith("time/")}
        for row in read(folder / "metrics.jsonl")
    ]


def newest(folder: Path) -> int:
    """The step of the newest checkpoint, by its name."""
    return max(int(file.stem[5:]) for file in (folder / "checkpoints").glob("step-*.pt"))


def check_weights(found: dict[str, Any]) -> None:
    """Of a run of another length, averages of weights are others."""
    if found["step"] == small.STEPS:
        for name, tensor in small.whole()["tensors"].items():
            assert torch.equal(found["tensors"][name], tensor), name

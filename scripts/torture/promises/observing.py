"""Looking at a run changes no bit of it.

In half of the tries a run is trained with other settings: how often it is logged, evaluated and
saved; by how many samples and which protocol it is measured; how its verdict is found. The last
checkpoint has the same tensors. In the others a run is stopped at a random step, and two of the
verbs that look at runs do so. The same command then ends it as one that nobody looked at.
"""

import signal
from collections.abc import Iterator
from pathlib import Path
from random import Random

import torch

from forked import Fork
from mcgan.engine.replicas import flatten
from mcgan.run.directory import RunDirectory
from processes import ending, same
from torture import small
from torture.commands import GOOD
from torture.hurt import Hurt

NUMBER, GOAL = "R4", 100
VERBS = [
    ["evaluate", "one"], ["evaluate", "one", "protocol=pacgan"], ["sample", "one", "--n", "9"],
    ["evaluate", "one", "eval.samples=99"], ["compare", "runs", "--html", "page.html"],
    ["judge", "one", "n=100"], ["cite", "one"],
]  # fmt: skip


def tries(draw: Random, place: Path) -> Iterator[object]:
    yield draw.choice([train_otherwise, look_between])(draw, place / "runs" / "one")


def train_otherwise(draw: Random, folder: Path) -> object:
    looks = [f"train.log_every={draw.randint(1, 50)}", f"eval.every={draw.randint(0, 50)}",
             f"train.checkpoint_every={draw.randint(1, 50)}", f"eval.samples={draw.randint(2, 99)}",
             f"eval.verdict={draw.choice(['modes', 'neighbours'])}",
             f"protocol={draw.choice(['default', 'pacgan', 'selfcond', 'veegan'])}"]  # fmt: skip
    assert small.train(folder, *looks).code == 0
    found = flatten(RunDirectory(folder).load()[1]["trainer"])
    for name, tensor in found.items():
        assert torch.equal(tensor, small.whole()["tensors"][f"trainer/{name}"]), (name, looks)
    return looks


def look_between(draw: Random, folder: Path) -> object:
    step, verbs = draw.randint(1, small.STEPS - 1), draw.sample(VERBS, 2)
    stopped = small.train(folder, prepare=Hurt("a step", step, True, small.stop))
    assert stopped.code == 128 + signal.SIGTERM, stopped
    for words in verbs:
        ended = Fork(folder.parent.parent, words).end()
        assert ended.code in GOOD, (words, ended)
    assert small.train(folder).code == 0
    same(ending(RunDirectory(folder)), small.whole())
    return step, verbs

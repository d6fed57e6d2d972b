"""Looking at a run changes no bit of it.

Each try trains with other settings: how often a run is logged, evaluated and saved; by how many
samples and which protocol it is measured; how its verdict is found. The last checkpoint has the
same tensors.
"""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import torch

from mcgan.engine.replicas import flatten
from mcgan.run.directory import RunDirectory
from torture import small

NUMBER, GOAL = "R4", 100


def tries(draw: Random, place: Path) -> Iterator[object]:
    folder = place / "runs" / "one"
    looks = [f"train.log_every={draw.randint(1, 50)}", f"eval.every={draw.randint(0, 50)}",
             f"train.checkpoint_every={draw.randint(1, 50)}", f"eval.samples={draw.randint(1, 99)}",
             f"eval.verdict={draw.choice(['modes', 'neighbours'])}",
             f"protocol={draw.choice(['default', 'pacgan', 'selfcond', 'veegan'])}"]  # fmt: skip
    assert small.train(folder, *looks).code == 0
    found = flatten(RunDirectory(folder).load()[1]["trainer"])
    for name, tensor in found.items():
        assert torch.equal(tensor, small.whole()["tensors"][f"trainer/{name}"]), (name, looks)
    yield looks

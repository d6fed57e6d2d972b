"""Replica i of a run with seed s is the run with seed s + i.

Runs of two to five replicas of a random game and seed, and one of its seeds alone. Both move by
gradient descent, since Adam makes whole steps of rounded zeros. After three steps their last
checkpoints have the same tensors to the rounding of another order of sums.
"""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import torch

from mcgan.run.directory import RunDirectory
from torture import small
from torture.promises.exact import GAMES

NUMBER, GOAL = "R19", 200
SHORT = ("optim=sgd", "train.steps=3", "eval.every=0")  # rounding grows with the steps
ALIKE = {"rtol": 1e-3, "atol": 1e-4}


def tries(draw: Random, place: Path) -> Iterator[object]:
    game = draw.choice([game for game in GAMES if not {"replicas=3", "optim=sgd"} & {*game}])
    seed, count = draw.randint(0, 10**6), draw.randint(2, 5)
    which = draw.randrange(count)
    together, alone = place / "runs" / "together", place / "runs" / "alone"
    for folder, words in (
        (together, (f"seed={seed}", f"replicas={count}")),
        (alone, (f"seed={seed + which}",)),
    ):
        ended = small.train(folder, *game, *SHORT, *words)
        assert ended.code == 0, (game, ended)
    many, one = (
        RunDirectory(folder).load()[1]["trainer"]["tensors"] for folder in (together, alone)
    )
    assert many.keys() == one.keys()
    for name, tensor in one.items():
        alike = torch.allclose(many[name][which], tensor.view_as(many[name][which]), **ALIKE)
        assert alike, (game, seed, which, name)
    yield game, count

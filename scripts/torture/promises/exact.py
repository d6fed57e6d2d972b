"""A run that was stopped at any step ends with the bits of one that never was.

Stopped by SIGTERM at a random step, of which checkpoints, log lines and evaluations are no
multiples, and resumed once or several times. Games: replicas, additional critics, averages, replay,
lookahead, penalties, schedules, spectral norm, unrolling, several critic steps, other optimisers.
Weights, optimiser states, buffers, rows, scores and verdicts are compared without tolerance. In a
quarter of the tries a run of fewer steps is trained longer: its weights, states and buffers are
those of the long one.
"""

import signal
from collections.abc import Iterator
from pathlib import Path
from random import Random

import torch

from forked import Fork
from mcgan.run.directory import RunDirectory
from processes import ending, same
from torture import small
from torture.hurt import Hurt

NUMBER, GOAL = "R3", 200
GAMES = [
    (), ("replicas=3",), ("objective=wgan_gp",), ("objective=wgan",), ("objective=r3gan",),
    ("objective=d2gan", "reg=[spectral_norm,lookahead]"), ("objective=hinge", "reg=[r1,pac]"),
    ("reg=[minibatch,historical_averaging]",), ("reg=unrolled", "optim=sgd"),
    ("reg=[gman,instance_noise]",), ("reg=[snapshots,ema]", "reg.snapshots.every=0.2"),
    ("reg=self_conditioned",), ("reg=mixture", "reg.mixture.manager=learned"),
    ("reg=stratified_replay",),
    ("dataset=grid", "reg=[r1,optimistic]", "reg.r1.gamma={from: 1, to: 0.1}"),
]  # fmt: skip

RATE = "optim.lr=2e-4"  # by default it falls with the length of the run
STEADY = [
    ("reg=[replay]", "replicas=3", RATE), ("reg=[minibatch,historical_averaging]", RATE),
    ("objective=hinge", "reg=[r1,pac]", RATE),
    ("objective=d2gan", "reg=[spectral_norm,lookahead]", RATE), ("reg=unrolled", "optim=sgd"),
]  # fmt: skip
"""Games of which no setting, and no rate, depends on how long the run is: they may go on."""


def tries(draw: Random, place: Path) -> Iterator[object]:
    folder = place / "runs" / "one"
    yield draw.choice([stop_and_resume, stop_and_resume, stop_and_resume, go_further])(draw, folder)


def stop_and_resume(draw: Random, folder: Path) -> object:
    game, before = draw.choice(GAMES), 0
    steps = sorted(draw.sample(range(1, small.STEPS), draw.choice([1, 1, 1, 2, 3])))
    for step in steps:
        ended = small.train(folder, *game, prepare=Hurt("a step", step - before, True, small.stop))
        assert ended.code == 128 + signal.SIGTERM, ended
        assert small.newest_good(folder) == step
        before = step
    assert small.train(folder, *game).code == 0
    same(ending(RunDirectory(folder)), small.whole(*game))
    return game, steps


def go_further(draw: Random, folder: Path) -> object:
    """Trained to the end of fewer steps, then to all: what was measured on the way differs."""
    game, steps = draw.choice(STEADY), draw.randint(1, small.STEPS - 1)
    assert small.train(folder, *game, f"train.steps={steps}").code == 0
    words = ["resume", str(folder), f"train.steps={small.STEPS}"]
    ended = Fork(folder.parent.parent, words).end()
    assert ended.code == 0, ended
    found, whole = ending(RunDirectory(folder)), small.whole(*game)
    assert found["step"] == small.STEPS
    for name in filter(lambda name: name.startswith("trainer/"), whole["tensors"]):
        assert torch.equal(found["tensors"][name], whole["tensors"][name]), (game, steps, name)
    return game, steps

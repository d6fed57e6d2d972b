"""A run that was stopped at any step ends with the bits of one that never was.

Stopped by SIGTERM at a random step, of which checkpoints, log lines and evaluations are no
multiples, and resumed once or several times. Games: replicas, additional critics, averages, replay,
lookahead, penalties, schedules, spectral norm, unrolling, several critic steps, other optimisers.
Weights, optimiser states, buffers, rows, scores and verdicts are compared without tolerance.
"""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from random import Random

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


def tries(draw: Random, place: Path) -> Iterator[object]:
    folder, game = place / "runs" / "one", draw.choice(GAMES)
    steps = sorted(draw.sample(range(1, small.STEPS), draw.choice([1, 1, 1, 2, 3])))
    before = 0
    for step in steps:
        ended = small.train(folder, *game, prepare=Hurt("a step", step - before, True, stop))
        assert ended.code == 128 + signal.SIGTERM, ended
        assert small.newest_good(folder) == step
        before = step
    assert small.train(folder, *game).code == 0
    same(ending(RunDirectory(folder)), small.whole(*game))
    yield game, steps


def stop() -> None:
    os.kill(os.getpid(), signal.SIGTERM)

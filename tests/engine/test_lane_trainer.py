"""Lanes are traced by the compiler as replicas are, numbers of their own and all."""

import json

import pytest
import torch
from torch.utils._pytree import tree_leaves

from mcgan.engine.lane_trainer import LaneTrainer, find_differences
from mcgan.engine.traced import trace, words_of_graph
from mcgan.engine.trainer import Trainer, make_lane
from mcgan.experiment.laws.lanes import change_numbers, make_fall, make_other, make_rise
from mcgan.types import Moment
from small import built, graphed, largest_difference, parts, run


def lanes(*changes, **words):
    plain = parts("r1", "ema", "ttur", **words).config
    made = [built(json.dumps(change_numbers(plain, change))) for change in changes]
    members = [
        make_lane(each.game(seed).double(), each.optim, each.dataset.draw, seed)
        for seed, each in enumerate(made)
    ]
    return made, members


@pytest.mark.long
@pytest.mark.parametrize(
    "changes",
    [(lambda number: number, make_other), (make_rise, make_fall)],
    ids=["numbers", "schedules"],
)
def test_a_traced_step_of_lanes_is_that_of_the_runs_by_themselves(changes):
    made, members = lanes(*changes)
    differences = find_differences(members)
    assert differences.of_game and differences.of_rules
    together = graphed(LaneTrainer(members, differences, compiled=True))
    run(together, 2)
    for i, each in enumerate(made):
        alone = Trainer(each.game, each.dataset.draw, each.optim, [i], dtype=torch.float64)
        run(alone, 2)
        away = largest_difference(together.replicas.replica(i), alone.replicas.replica(0))
        assert away < 1e-9


def test_the_games_keep_their_own_numbers():
    made, members = lanes(lambda number: number, make_other)
    together = LaneTrainer(members, find_differences(members))
    run(together, 2)
    for each, lane in zip(made, members, strict=True):
        assert lane.game.reg["r1"].gamma == each.config["reg"]["r1"]["gamma"]
    assert all(lane.game.autodiff is members[0].game.autodiff for lane in members)


def test_lanes_of_other_numbers_are_one_program():
    first, second = (words_of_step(make_other, other) for other in (make_twice, make_thrice))
    assert first == second


def make_twice(value: float) -> float:
    return make_other(make_other(value))


def make_thrice(value: float) -> float:
    return make_other(make_twice(value))


def words_of_step(*changes) -> str:
    """What a package of the lanes' step is kept by."""
    _, members = lanes(*changes)
    together = graphed(LaneTrainer(members, find_differences(members), compiled=True))
    step = together.compiled_step
    turns = [(x, Moment(z, together.progress())) for x, z in (together.draws(0, t) for t in (0, 1))]
    r = together.replicas
    given = (r.parameters, r.buffers, r.state, r.alive, step.numbers, turns)
    return words_of_graph(trace(step.update, given), tree_leaves(given))

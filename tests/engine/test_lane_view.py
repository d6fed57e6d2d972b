"""A view of some lanes is the trainer of a run by itself, in all but its steps."""

import pytest
import torch

from mcgan.engine.lane_trainer import LaneTrainer, find_differences
from mcgan.engine.lane_view import LaneView
from mcgan.engine.replicas import flatten
from mcgan.engine.trainer import make_lane
from small import largest_difference, parts, run, trainer

NAMES = ("replay", "ema", "lookahead")


def lanes(count):
    made = parts(*NAMES)
    members = [
        make_lane(made.game(seed), made.optim, made.dataset.draw, seed) for seed in range(count)
    ]
    return LaneTrainer(members, find_differences(members))


@pytest.mark.parametrize(("rows", "alone"), [((1, 1), True), ((1, 1), False), ((1, 2), False)])
def test_its_checkpoint_has_the_form_of_the_run_by_itself_and_is_taken_up(rows, alone):
    first, again = lanes(4), lanes(4)
    run(first, 2)
    saved = LaneView(first, *rows, alone).checkpoint()
    if alone or rows[1] > 1:
        solo = trainer(*NAMES, seed=1, replicas=rows[1])
        own = flatten(solo.checkpoint())
        assert {n: t.shape for n, t in flatten(saved).items()} == {
            n: t.shape for n, t in own.items()
        }
        solo.restore(saved)
        run(solo, 1)
    LaneView(again, *rows, alone).restore(saved)
    assert again.count == 2
    for view in (LaneView(again, *rows, alone), LaneView(first, *rows, alone)):
        assert largest_difference(flatten(view.checkpoint()), flatten(saved)) == 0
    run(first, 1), run(again, 1)
    for i in range(4):
        away = largest_difference(first.replicas.replica(i), again.replicas.replica(i))
        assert (away == 0) == (rows[0] <= i < sum(rows))
    if alone:
        assert largest_difference(first.replicas.replica(1), solo.replicas.replica(0)) < 1e-4


def test_its_checkpoint_stays_while_the_lanes_move_on():
    made = lanes(3)
    saved = flatten(LaneView(made, 0, 1, True).checkpoint())
    before = {name: t.clone() for name, t in saved.items()}
    run(made, 1)
    assert largest_difference(saved, before) == 0
    assert all(t.untyped_storage().nbytes() == t.nbytes for t in saved.values())


@pytest.mark.parametrize(("rows", "alone"), [((1, 1), True), ((1, 2), False)])
def test_functions_are_called_for_its_own_networks(rows, alone):
    made = lanes(4)
    view = LaneView(made, *rows, alone)
    found = view.replicas.for_each(
        lambda tensors, x: tensors["D.head.bias"] + x, torch.zeros(rows[1], 1)
    )
    torch.testing.assert_close(found, made.replicas.tensors["D.head.bias"][slice(1, sum(rows))])
    assert len(view.replicas) == rows[1] and view.game is made.lanes[1].game

"""A captured run is the uncaptured one, to the bit: on the CPU by a stand-in for a CUDA graph."""

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor

from mcgan.engine.captured import CudaGraph, capture
from mcgan.engine.lane_trainer import LaneTrainer, find_differences
from mcgan.engine.replicas import flatten
from mcgan.engine.trainer import Trainer, make_lane
from mcgan.experiment.components import Components
from mcgan.experiment.laws.lanes import change_numbers, make_fall, make_rise
from mcgan.experiment.laws.small_trainer import run_eagerly
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.optim import Adam
from recorded_graph import REFUSAL, RecordedGraph
from small import OBJECTIVES, STRATEGIES, built, game, parts, refused, run

pytestmark = pytest.mark.whole

same_bits = partial(torch.testing.assert_close, rtol=0, atol=0, equal_nan=True)
WITH = [s for s in STRATEGIES if not refused("objectives", "non_saturating", s)]
NO_GPU = pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")


class Place(NamedTuple):
    """Where trainers train, and what makes graphs there; the graphs that were made."""

    device: str
    make: Callable[[], Any]
    graphs: list[Any]

    def graph(self) -> Any:
        self.graphs.append(self.make())
        return self.graphs[-1]


@pytest.fixture(params=["cpu", pytest.param("cuda", marks=NO_GPU)])
def place(request: Any, monkeypatch: Any) -> Iterator[Place]:
    if request.param == "cuda":
        yield Place("cuda", partial(CudaGraph, torch.cuda.graph_pool_handle()), [])
        return
    monkeypatch.setattr("mcgan.optim.takes_scheduled", lambda progress: False)  # as on a GPU
    monkeypatch.setattr("mcgan.engine.pure.all_live", lambda alive: False)
    yield Place("cpu", RecordedGraph, [])


def make(made: Components, place: Place, seeds: tuple[int, ...] = (0, 1)) -> Trainer:
    draw = made.dataset.draws_on(place.device)
    alone = len(seeds) == 1 and place.device == "cpu"
    found = Trainer(made.game, draw, made.optim, [*seeds], place.device, compiled=alone)
    return run_eagerly(found) if alone else found


def pair(made: Components, place: Place, **how: Any) -> tuple[Trainer, Trainer]:
    """Two trainers of the same; the second is captured."""
    plain, other = (make(made, place, **how) for _ in range(2))
    capture(other, place.graph)
    return plain, other


def assert_equal(plain: Trainer, other: Trainer, steps: int = 3) -> None:
    """Lets both make steps: every scalar and every tensor is the same, to the bit."""
    for (player, seen), (same, again) in zip(run(plain, steps), run(other, steps), strict=True):
        assert player == same and seen.names == again.names
        same_bits(seen.rows, again.rows)
    same_bits(flatten(plain.checkpoint()), flatten(other.checkpoint()))


def left_out(trainer: Trainer) -> list[str]:
    """The players whose turns are computed as they are."""
    return [p for p, move in trainer.moves.items() if not move.run.replays]


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_captured_run_of_every_objective_is_the_uncaptured_one(objective, place):
    plain, other = pair(parts(objective=objective), place)
    assert_equal(plain, other)
    assert left_out(other) == []


@pytest.mark.long
@pytest.mark.parametrize("strategy", WITH)
def test_a_captured_run_of_every_strategy_is_the_uncaptured_one(strategy, place):
    plain, other = pair(parts(strategy), place)
    assert_equal(plain, other)
    assert left_out(other) == [] or place.device == "cuda"  # whose solvers may wait


@pytest.mark.parametrize(
    "turns",
    [{"critic_steps": 5}, {"critic_steps": 2, "generator_steps": 3}, {"catch_up": 2}],
    ids=str,
)
def test_each_player_has_one_graph_in_whatever_order_the_turns_are(turns, place):
    made = parts("r1", objective="wgan")
    made = replace(made, objective=replace(made.objective, **turns))
    plain, other = pair(made, place)
    assert_equal(plain, other, 5)
    order = [player for step in range(5) for player in made.objective.turns(step)]
    if place.device == "cpu":
        assert [graph.replays for graph in place.graphs] == [order.count("D"), order.count("G")]


@pytest.mark.parametrize("seeds", [(0,), (0, 1, 2)])
def test_what_is_changed_between_steps_or_restored_is_what_the_next_replay_sees(seeds, place):
    made = parts("ewc", "snapshots", "replay", ewc={"every": 0.1}, snapshots={"every": 0.1})
    plain, other = pair(made, place, seeds=seeds)
    assert_equal(plain, other)  # with a look at data between steps
    assert left_out(other) == []
    half = copy.deepcopy(other.checkpoint())
    assert_equal(plain, other, 2)
    for each in (plain, other):
        each.restore(half)
    assert_equal(plain, other)
    anew = make(made, place, seeds)
    capture(anew, place.graph)
    anew.restore(half)  # before the step that records
    run(anew, 3)
    same_bits(flatten(plain.checkpoint()), flatten(anew.checkpoint()))


def test_a_turns_scalars_stay_when_the_next_one_is_replayed(place):
    plain, other = pair(parts("r1"), place)
    seen, again = run(plain, 3), run(other, 3)
    places = {scalars.rows.data_ptr() for _, scalars in again}
    assert len(places) == len(again)
    for (_, scalars), (_, same) in zip(seen, again, strict=True):
        assert torch.equal(scalars.rows, same.rows)


def test_a_replica_that_dies_stays_as_it_was_in_a_captured_run(place):
    plain, other = pair(parts("r1"), place, seeds=(0, 1, 2))
    for each in (plain, other):
        with torch.no_grad():
            each.replicas.tensors["D.head.bias"][1] = torch.nan
    assert_equal(plain, other)
    assert other.replicas.alive.tolist() == [True, False, True]


def test_schedules_go_on_in_a_captured_run(place):
    falling = "{from: 0.01, to: 0.0}"
    words = (f"optim.lr={falling}", "optim.betas=[{from: 0.1, to: 0.9},0.9]")
    made = parts("r1", words=words, r1={"gamma": {"from": 9.0, "to": 0.0}})
    plain, other = pair(made, place)
    assert_equal(plain, other, 6)
    assert left_out(other) == []


def test_captured_lanes_have_their_own_numbers(place):
    made = [
        built(json.dumps(change_numbers(parts("r1", "ema", "ttur").config, change)))
        for change in (make_rise, make_fall)
    ]

    def together() -> LaneTrainer:
        lanes = [
            make_lane(each.game(i), each.optim, each.dataset.draws_on(place.device), i)
            for i, each in enumerate(made)
        ]
        found = find_differences(lanes)
        assert found.of_game and found.of_rules
        return LaneTrainer(lanes, found, place.device)

    plain, other = together(), together()
    capture(other, place.graph)
    assert_equal(plain, other)
    assert left_out(other) == []


def test_a_step_of_two_turns_is_one_graph_where_it_is_one_function(place):
    def whole() -> Trainer:
        made = parts("r1")
        draw = made.dataset.draws_on(place.device)
        found = Trainer(made.game, draw, made.optim, [0], place.device, compiled=True)
        found.compiled_step.run = found.compiled_step.update  # not compiled: that takes seconds
        return found

    plain, other = whole(), whole()
    capture(other, place.graph)
    assert_equal(plain, other)
    if place.device == "cpu":
        assert [graph.replays for graph in place.graphs] == [0, 0, 3]


@dataclass(eq=False, repr=False)
class Reads(Strategy):
    """Its term of D's loss is by a value that it reads, which makes a GPU wait."""

    def d_term(self, turn: Turn) -> Tensor:
        return turn.real.x.sum() * float(turn.moment.progress)


def test_what_cannot_be_recorded_is_computed_as_it_is_and_the_log_says_why(place, caplog):
    def reading() -> Trainer:
        def draw(n: int, generator: torch.Generator) -> Tensor:
            return torch.randn(n, 3, generator=generator, device=generator.device)

        seeds, rule = [0], Adam(lr=1e-2)
        found = Trainer(
            lambda seed: game(Reads(), seed=seed), draw, rule, seeds, place.device, compiled=True
        )
        return run_eagerly(found)

    plain, other = reading(), reading()
    capture(other, place.graph)
    with caplog.at_level("WARNING"):
        assert_equal(plain, other)
    assert left_out(other) == ["D"]
    [line] = [record.getMessage() for record in caplog.records]
    assert line.startswith("the turn of D cannot be captured, and is computed as it is: ")
    if place.device == "cpu":
        assert line.endswith(f": {REFUSAL}") and [g.replays for g in place.graphs] == [0, 3]

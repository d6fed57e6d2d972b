import copy
from dataclasses import dataclass

import pytest
import torch

from mcgan.engine.packed import pick
from mcgan.engine.replicas import flatten
from mcgan.engine.trainer import Trainer
from mcgan.experiment.laws.small_trainer import run_eagerly
from mcgan.gan.strategy import Strategy
from small import largest_difference, parts, run, trainer


@dataclass(eq=False, repr=False)
class Poison(Strategy):
    """Its term of the ``player``'s loss is NaN from a share of the run on, in sick games."""

    player: str = "D"
    since: float = 0.1

    def setup(self, game, data):
        self.register_buffer("sick", torch.tensor(False))

    def _term(self, turn, player):
        ill = self.sick & (turn.moment.progress >= self.since) & (self.player == player)
        return torch.where(ill, float("nan"), 0.0)

    def d_term(self, turn):
        return self._term(turn, "D")

    def g_term(self, turn):
        return self._term(turn, "G")


def poisoned(seeds: list[int], sick: set[int], pure: bool = False, **settings) -> Trainer:
    """Replicas of a small game; those of the ``sick`` seeds fall ill at step 3 of 20."""
    made = copy.copy(parts("ema"))
    chosen = made.strategies

    def build(seed):
        game = made.game(seed)
        game.reg["poison"].sick.fill_(seed in sick)
        return game

    made.strategies = lambda: {**chosen(), "poison": Poison(**settings)}
    found = Trainer(build, made.dataset.draw, made.optim, seeds, compiled=pure)
    return run_eagerly(found) if pure else found


def finite(turn) -> bool:
    return all(value.isfinite().all() for value in turn[1].values())


def healthy(tensors):
    return {name: t for name, t in tensors.items() if "sick" not in name}


@pytest.mark.parametrize("player", ["D", "G"])
def test_a_sick_replica_stops_as_it_was_and_the_others_go_on(player):
    ill, well = poisoned([0, 1, 2], {1}, player=player), poisoned([0, 1, 2], set())
    run(ill, 2)
    before = {name: t.clone() for name, t in ill.replicas.replica(1).items()}
    run(well, 2)
    assert ill.replicas.alive.all()
    run(ill, 4)
    run(well, 4)
    assert ill.replicas.alive.tolist() == [True, False, True]
    for i in (0, 2):
        ours, theirs = (healthy(each.replicas.replica(i)) for each in (ill, well))
        assert largest_difference(ours, theirs) == 0
    moved = {n for n, t in ill.replicas.replica(1).items() if not torch.equal(t, before[n])}
    if player == "D":
        assert not moved
    else:  # the critic had moved once more before the generator fell ill
        assert moved and moved <= set(ill.replicas.owned["D"])
    assert all(t.isfinite().all() for t in ill.replicas.tensors.values())
    assert all(t.isfinite().all() for t in flatten(ill.replicas.state).values())


@pytest.mark.parametrize("pure", [False, True])
def test_a_single_sick_network_stops_as_it_was(pure):
    ill = poisoned([4], {4}, pure=pure)
    seen = run(ill, 2)
    before = {name: t.clone() for name, t in flatten(ill.checkpoint()).items()}
    assert finite(seen[-1])
    seen = run(ill, 2)
    after = flatten(ill.checkpoint())
    assert not ill.replicas.alive and not finite(seen[0])
    shared = {"alive"} | {name for name in after if "/step/" in name}  # a count that just goes on
    assert all(torch.equal(after[name], before[name]) for name in after.keys() - shared)


def test_a_dead_replica_stays_dead_after_restoring():
    ill, again = poisoned([0, 1], {1}), poisoned([0, 1], set())
    run(ill, 4)
    again.restore(ill.checkpoint())
    run(again, 2)
    assert again.replicas.alive.tolist() == [True, False]
    assert largest_difference(again.replicas.replica(1), ill.replicas.replica(1)) == 0


def test_a_step_is_the_critics_turns_and_one_of_the_generator():
    made = trainer(objective="wgan")
    seen = made.step()
    assert [player for player, _ in seen] == made.turns == ["D", "D", "G"]
    assert made.count == 1
    assert {"loss", "score_real", "score_fake", "grad_norm"} <= seen[0][1].keys()
    assert seen[0][1]["loss"] != seen[1][1]["loss"]  # each turn its own data


ORDERS = [
    ("objective.generator_steps=3",),
    ("objective.critic_steps=2", "objective.generator_steps=2"),
]


@pytest.mark.parametrize("words", ORDERS)
@pytest.mark.parametrize("how", [{}, {"pure": True}, {"replicas": 2}], ids=str)
def test_g_may_have_several_turns_after_ds_and_a_run_goes_on_between_them(words, how):
    whole, first, second = (trainer("ema", "replay", words=words, **how) for _ in range(3))
    seen = run(whole, 7)
    run(first, 4)  # in the middle of a block
    second.restore(first.checkpoint())
    rest = run(second, 3)
    assert largest_difference(whole.replicas.tensors, second.replicas.tensors) == 0
    assert [player for player, _ in seen[-len(rest) :]] == [player for player, _ in rest]
    order = whole.game.objective
    assert [p for p, _ in seen] == [p for step in range(7) for p in order.turns(step)]
    losses = torch.stack([scalars["loss"].flatten()[0] for p, scalars in seen if p == "G"])
    assert len(losses) == 7 and losses.unique().numel() == 7  # noise of its own for each


@pytest.mark.parametrize("words", ORDERS)
def test_in_any_order_all_ways_to_compute_a_step_agree(words):
    ways = [
        trainer("ema", words=words, dtype=torch.float64, **how)
        for how in ({}, {"pure": True}, {"replicas": 2})
    ]
    for each in ways:
        run(each, 5)
    tensors = [each.replicas.replica(0) for each in ways]
    assert largest_difference(tensors[0], tensors[1]) < 1e-12
    assert largest_difference(tensors[0], tensors[2]) < 1e-12


def test_ds_longer_blocks_are_taken_up_in_their_middle_too():
    words = {"objective": "wgan", "dtype": torch.float64}
    made, again = (trainer(**words) for _ in range(2))
    for each in (made, again):
        each.game.objective.catch_up = 4
    assert made.turns == ["D"] * 4 + ["G"]
    run(made, 30)
    assert made.turns == ["D", "D", "G"]
    run(again, 12)
    third = trainer(**words)
    third.game.objective.catch_up = 4
    third.restore(again.checkpoint())
    run(third, 18)
    assert largest_difference(made.replicas.tensors, third.replicas.tensors) == 0


def test_scalars_come_per_replica():
    seen = trainer(replicas=3).step()
    assert all(value.shape == (3,) for _, scalars in seen for value in scalars.values())


def test_progress_is_the_share_of_the_run_done():
    made, seen = trainer(), []
    move = made.moves["G"]
    made.moves["G"] = lambda x, moment: seen.append(float(moment.progress)) or move(x, moment)
    run(made, 4)
    assert seen == pytest.approx([0.0, 0.05, 0.1, 0.15])


def test_each_player_may_have_its_own_rate():
    fast, usual = trainer(words=("optim.d.lr=1e-2",)), trainer()
    start = {name: t.detach().clone() for name, t in usual.replicas.tensors.items()}
    run(fast, 1)
    run(usual, 1)
    for name in usual.replicas.owned["D"]:
        further, step = (made.replicas.tensors[name] - start[name] for made in (fast, usual))
        torch.testing.assert_close(further, 50 * step, rtol=1e-2, atol=1e-5)


def test_the_reported_gradient_norm_is_that_of_the_whole_gradient():
    made = trainer(words=("optim=sgd", "optim.lr=1.0"), dtype=torch.float64)
    weights = pick(made.replicas.tensors, made.replicas.owned["D"])
    start = {name: t.detach().clone() for name, t in weights.items()}
    (_, scalars), _ = made.step()
    moved = [(weights[name] - start[name]).flatten() for name in start]
    torch.testing.assert_close(scalars["grad_norm"], torch.cat(moved).norm())


def test_a_checkpoint_of_another_configuration_is_refused():
    saved = trainer().checkpoint()
    with pytest.raises(ValueError, match=r"another configuration: .* differs"):
        trainer("ema").restore(saved)
    with pytest.raises(ValueError, match="another configuration"):
        trainer(replicas=2).restore(saved)


def test_a_step_looks_at_no_replica_unless_a_strategy_is_due(monkeypatch):
    seldom = trainer("ewc", replicas=2, ewc={"every": 0.1})  # of 20 steps
    looked, replica = [], seldom.replicas.replica
    monkeypatch.setattr(
        seldom.replicas, "replica", lambda i: looked.append((seldom.count, i)) or replica(i)
    )
    run(seldom, 5)
    assert looked == [(2, 0), (2, 1), (4, 0), (4, 1)]

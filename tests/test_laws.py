"""What holds for every strategy under every objective; the YAMLs are found, not listed."""

import copy
import io
from itertools import product
from typing import Any

import pytest
import torch

from mcgan.config.build import build
from mcgan.config.settings import declared
from mcgan.engine.draws import stream
from mcgan.engine.trainer import Trainer, flat
from mcgan.errors import UserError
from mcgan.gan.sampling import sampler
from mcgan.gan.strategy import Strategy
from mcgan.types import PLAYERS, Moment, Tensors
from small import (
    IMAGES,
    OBJECTIVES,
    STRATEGIES,
    choices,
    composed,
    largest_difference,
    node,
    refusal,
    run,
    strategy_class,
    trainer,
)

KINDS = ["rpgan", "wgan_gp"]  # a paired loss; a penalised one with more turns of D
CHOICES = [pytest.param("non_saturating", s, each, id=f"{s}-{next(iter(each.values()))}")
           for s in STRATEGIES for each in choices(s)]


def under(objectives: list[str]) -> pytest.MarkDecorator:
    """Every strategy under these objectives, and each of its choices under one of them."""
    pairs = [pytest.param(o, s, {}, id=f"{o}-{s}") for o, s in product(objectives, STRATEGIES)]
    return pytest.mark.parametrize("objective, strategy, settings", pairs + CHOICES)


EVERY, SOME = under(OBJECTIVES), under(KINDS)


def made(objective: str, strategy: str, settings: dict[str, str], **words: Any) -> Trainer:
    """The trainer of a pair; a pair that cannot live together has to say so, and is passed over."""
    try:
        return trainer(strategy, objective=objective, **words, **{strategy: settings})
    except UserError as error:
        pytest.skip(refusal(error))


def copied(trainer: Trainer) -> Tensors:
    return {name: t.clone() for name, t in flat(trainer.checkpoint()).items()}


def changed(before: Tensors, now: Tensors) -> set[str]:
    return {name for name in before if not torch.equal(before[name], now[name])}



@EVERY
def test_it_trains_with_finite_losses(objective, strategy, settings):
    seen = run(made(objective, strategy, settings), 3)
    values = [value for _, scalars in seen for value in scalars.values()]
    assert torch.stack(values).isfinite().all()
    assert {player for player, _ in seen} == set(PLAYERS)


@SOME
def test_a_turn_and_a_look_at_samples_write_nothing(objective, strategy, settings):
    game = made(objective, strategy, settings)
    run(game, 1)
    before = copied(game)
    for turn, player in enumerate(game.turns):
        x, noise = game.draws(1, turn)
        game.game.play(player, x, Moment(noise, torch.tensor(0.5)))
    shown = sampler(game.game)(game.replica(0), 20, stream(0, "look"))
    assert shown.x.shape == (20, 2) and shown.x.isfinite().all()
    assert not changed(before, copied(game))


@SOME
def test_a_players_move_leaves_the_others_weights_alone(objective, strategy, settings, monkeypatch):
    game = made(objective, strategy, settings)
    declared: set[str] = set()
    after = game.game.chain.after

    def noted(*given: Any) -> Tensors:
        values = after(*given)
        declared.update(values)
        return values

    monkeypatch.setattr(game.game.chain, "after", noted)
    owned = {player: set(game.owned[player]) for player in PLAYERS}
    assert not owned["D"] & owned["G"]
    assert owned["D"] | owned["G"] == {name for name, _ in game.game.named_parameters()}
    for turn, player in enumerate(game.turns):
        declared.clear()
        before = {name: t.detach().clone() for name, t in game.tensors.items()}
        x, noise = game.draws(0, turn)
        game.moves[player](x, Moment(noise, torch.zeros(())))
        moved = changed(before, game.tensors)
        assert moved and moved <= owned[player] | declared


@SOME
def test_the_same_seed_gives_the_same_bits(objective, strategy, settings):
    one, two = (made(objective, strategy, settings, seed=3) for _ in range(2))
    run(one, 2)
    run(two, 2)
    assert not changed(copied(one), copied(two))


def test_another_seed_is_another_run():
    one, two = (trainer(seed=seed) for seed in (3, 4))
    assert changed(one.tensors, two.tensors) == set(one.tensors)


@SOME
def test_a_replica_is_the_solo_run_of_its_seed(objective, strategy, settings):
    both = made(objective, strategy, settings, seed=5, replicas=2, dtype=torch.float64)
    alone = made(objective, strategy, settings, seed=6, dtype=torch.float64)
    run(both, 3)
    run(alone, 3)
    assert largest_difference(both.replica(1), alone.replica(0)) < 1e-9


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_replica_of_convolutions_is_the_solo_run_of_its_seed(strategy):
    settings = {"words": IMAGES, "dtype": torch.float64}
    both = made("non_saturating", strategy, {}, seed=5, replicas=2, **settings)
    alone = made("non_saturating", strategy, {}, seed=6, **settings)
    assert both.apart
    run(both, 2)
    run(alone, 2)
    assert largest_difference(both.replica(1), alone.replica(0)) < 1e-9


def by_parameter(pure: Trainer) -> dict[str, Any]:
    """The state of the rules of one network as the in-place move holds it."""
    def one(player: str, held: torch.Tensor) -> Tensors:
        if not held.dim():
            return dict.fromkeys(pure.owned[player], held)
        return {name: t[0] for name, t in pure.packed[player].unpack(held).items()}

    return {player: {slot: one(player, each[player]) for slot, each in state.items()}
            for player, state in pure.state.items()}


@SOME
def test_plain_autograd_equals_torch_func(objective, strategy, settings):
    plain = made(objective, strategy, settings, dtype=torch.float64)
    pure = made(objective, strategy, settings, dtype=torch.float64, pure=True)
    run(plain, 3)
    run(pure, 3)
    assert largest_difference(plain.replica(0), pure.replica(0)) < 1e-9
    assert largest_difference(flat(plain.state), flat(by_parameter(pure))) < 1e-9


@SOME
def test_a_checkpoint_in_mid_run_continues_bit_for_bit(objective, strategy, settings):
    whole = made(objective, strategy, settings)
    run(whole, 2)
    file = io.BytesIO()
    torch.save(whole.checkpoint(), file)
    file.seek(0)
    again = made(objective, strategy, settings)
    again.restore(torch.load(file, weights_only=True))
    assert not changed(copied(whole), copied(again))
    run(whole, 2)
    run(again, 2)
    assert not changed(copied(whole), copied(again))


def strategy_of(name: str, **settings: Any) -> Strategy:
    return build(node(name, **settings), Strategy, f"reg.{name}")


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("strategy", [s for s in STRATEGIES if strategy_of(s).off])
def test_switched_off_equals_absent(objective, strategy):
    if strategy in composed(objective)["reg"]:
        pytest.skip("the objective's own")
    here = made(objective, strategy, strategy_of(strategy).off, dtype=torch.float64)
    absent = trainer(objective=objective, dtype=torch.float64)
    run(here, 3)
    run(absent, 3)
    shared = {name: t for name, t in here.replica(0).items() if name in absent.tensors}
    assert largest_difference(shared, absent.replica(0)) < 1e-12


def numbers(strategy: str) -> list[str]:
    """Settings that are numbers or schedules, and numbers in the YAML."""
    values, settings = node(strategy), declared(strategy_class(strategy)).values()
    return [s.name for s in settings if s.scheduled and isinstance(values[s.name], float)]


@pytest.mark.parametrize("strategy, setting",
                         [(s, setting) for s in STRATEGIES for setting in numbers(s)])
@pytest.mark.parametrize("replicas", [1, 2])
def test_a_schedule_may_stand_for_a_number(strategy, setting, replicas):
    value = node(strategy)[setting]
    ends = (value, value / 2)
    steady, moving = ({setting: {"from": value, "to": end, "until": 0.1}} for end in ends)
    plain, same, other = (
        trainer(strategy, replicas=replicas, **{strategy: settings})
        for settings in ({}, steady, moving)
    )
    for each in (plain, same, other):
        values = [v for _, scalars in run(each, 4) for v in scalars.values()]
        assert torch.stack(values).isfinite().all()
    assert largest_difference(plain.tensors, same.tensors) < 1e-6


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_its_settings_are_those_of_its_yaml(strategy):
    built = strategy_of(strategy)
    names = declared(type(built)).keys()
    assert names == node(strategy).keys() - {"_target_"}
    assert {"half", "float", "double", "train", "eval", "to"}.isdisjoint(names)
    assert built.off.keys() <= names
    assert copy.deepcopy(built).off == built.off

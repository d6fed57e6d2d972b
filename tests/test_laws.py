"""What holds for every strategy under every objective; the YAMLs are found, not listed.

`make test` tries each strategy under one objective and each objective with some strategies, by
turns; `make long` tries all the other pairs.
"""

import copy
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import pytest
import torch
import yaml

from mcgan.config.build import build
from mcgan.config.option_file import option_file
from mcgan.config.settings import read_settings
from mcgan.engine.engines import differentiates_apart
from mcgan.errors import UserError
from mcgan.experiment.laws import strategy as laws
from mcgan.gan.strategy import Strategy
from small import (
    IMAGES,
    NETS_OF,
    OBJECTIVES,
    STRATEGIES,
    choices,
    composed,
    find_changed,
    largest_difference,
    node,
    option,
    outcome,
    refused,
    resolve,
    run,
    strategy_class,
    trainer,
)

KINDS = ["rpgan", "wgan_gp"]  # a paired loss; a penalised one with more turns of D
# Settings that may be anything of their type: no choice, bound or schedule says less.
FREE: set[tuple[str, str]] = set()


def composing(objective: str) -> list[str]:
    """The strategies that docs/refusals.json does not refuse under an objective."""
    return [s for s in STRATEGIES if not refused("objectives", objective, s)]


CHOICES = [
    pytest.param(
        "non_saturating", s, each, id=f"{s}-{next(iter(each.values()))}", marks=pytest.mark.whole
    )
    for s in composing("non_saturating")
    for each in choices(s)
]


def brought(objective: str) -> set[str]:
    """The strategies that the YAML of an objective brings."""
    defaults = option("objective", objective).get("defaults", ())
    entries = [entry for entry in defaults if isinstance(entry, str)]
    return {entry.removeprefix("/reg/") for entry in entries if entry.startswith("/reg/")}


def has_its_turn(objective: str, strategy: str, objectives: list[str]) -> bool:
    """Whether this is the one of the objectives under which `make test` tries a strategy."""
    able = [
        o
        for o in objectives
        if not refused("objectives", o, strategy) and strategy not in brought(o)
    ]
    return objective == able[STRATEGIES.index(strategy) % len(able)]


def under(objectives: list[str]) -> pytest.MarkDecorator:
    """Every strategy that composes with these objectives, and each of its choices under one."""
    pairs = [
        pytest.param(
            o,
            s,
            {},
            id=f"{o}-{s}",
            marks=() if has_its_turn(o, s, objectives) else pytest.mark.long,
        )
        for o in objectives
        for s in composing(o)
    ]
    return pytest.mark.parametrize("objective, strategy, settings", pairs + CHOICES)


EVERY, SOME = under(OBJECTIVES), under(KINDS)


def maker(objective: str, strategy: str, settings: dict[str, Any], **words: Any) -> laws.Make:
    return partial(trainer, strategy, objective=objective, **words, **{strategy: settings})


def test_no_pair_is_passed_over():
    """What the laws don't see is what the table refuses, and that is tested to be refused."""
    for mark, objectives in ((EVERY, OBJECTIVES), (SOME, KINDS)):
        out = sum(bool(refused("objectives", *pair)) for pair in product(objectives, STRATEGIES))
        assert len(mark.args[1]) == len(objectives) * len(STRATEGIES) - out + len(CHOICES)
        assert out < len(objectives) * len(STRATEGIES) / 10


@pytest.mark.parametrize("mark, objectives", [(EVERY, OBJECTIVES), (SOME, KINDS)])
def test_each_strategy_and_each_objective_has_its_turn(mark, objectives):
    """What is not marked as long is tried by `make test`."""
    soon = [each.values[:2] for each in mark.args[1] if not each.marks]
    tried = {strategy for objective in objectives for strategy in composing(objective)}
    assert {strategy for _, strategy in soon} == tried and len(soon) == len(tried)
    assert {objective for objective, _ in soon} == {*objectives}


@pytest.mark.parametrize(
    "objective, strategy",
    [pair for pair in product(OBJECTIVES, STRATEGIES) if refused("objectives", *pair)],
)
def test_what_the_table_refuses_is_refused_in_these_words(objective, strategy):
    """The laws below train all the others."""
    stored = refused("objectives", objective, strategy)
    assert outcome(strategy, objective=objective).refusal == stored, "see scripts/refusals.py"


@pytest.mark.parametrize(
    "kind, strategy",
    [pair for pair in product(NETS_OF, STRATEGIES) if refused("nets", *pair) or "norm" in pair[0]],
)
def test_it_composes_with_nets_or_is_refused_as_stored(kind, strategy):
    stored = refused("nets", kind, strategy)
    assert outcome(strategy, words=NETS_OF[kind]).refusal == stored, "see scripts/refusals.py"


@EVERY
def test_it_trains_with_finite_losses(objective, strategy, settings):
    laws.losses_are_finite(maker(objective, strategy, settings))


TELLING = [laws.nothing_is_written, laws.replica_is_the_solo_run]  # `make quick` tries these
OTHERS = [
    laws.nothing_is_kept,
    laws.other_player_is_left_alone,
    laws.same_seed_same_bits,
    laws.plain_autograd_is_torch_func,
    laws.checkpoint_continues,
]


@SOME
@pytest.mark.parametrize(
    "law",
    [*TELLING, *(pytest.param(law, marks=pytest.mark.whole) for law in OTHERS)],
    ids=lambda law: law.__name__,
)
def test_it_keeps_the_law(law: Callable[..., None], objective, strategy, settings):
    law(maker(objective, strategy, settings))


def test_no_law_is_forgotten_here():
    assert {*laws.LAWS.values()} == {*TELLING, *OTHERS, laws.losses_are_finite}


def test_another_seed_is_another_run():
    one, two = (trainer(seed=seed) for seed in (3, 4))
    assert find_changed(one.replicas.tensors, two.replicas.tensors) == set(one.replicas.tensors)


@pytest.mark.long
@pytest.mark.parametrize("strategy", [s for s in STRATEGIES if not refused("nets", "dcgan", s)])
def test_a_replica_of_convolutions_is_the_solo_run_of_its_seed(strategy):
    make = maker("non_saturating", strategy, {}, words=IMAGES)
    assert differentiates_apart(make(replicas=2).game)
    laws.replica_is_the_solo_run(make, steps=2)


def strategy_of(name: str, **settings: Any) -> Strategy:
    return build(node(name, **settings), Strategy, f"reg.{name}")


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_an_objective_brings_what_its_yaml_names(objective):
    assert composed(objective)["reg"].keys() == brought(objective)


@pytest.mark.whole
@pytest.mark.parametrize(
    "objective, strategy",
    [
        pytest.param(o, s, marks=() if has_its_turn(o, s, KINDS) else pytest.mark.long)
        for o in OBJECTIVES
        for s in composing(o)
        if strategy_class(s).off and s not in brought(o)
    ],
)
def test_switched_off_equals_absent(objective, strategy):
    laws.off_is_absent(
        maker(objective, strategy, strategy_class(strategy).off),
        partial(trainer, objective=objective),
    )


def numbers(strategy: str) -> list[str]:
    """Settings that are numbers or schedules, and numbers in the YAML."""
    values, settings = node(strategy), read_settings(strategy_class(strategy)).values()
    return [s.name for s in settings if s.scheduled and isinstance(values[s.name], float)]


@pytest.mark.whole
@pytest.mark.parametrize("strategy", [s for s in STRATEGIES if numbers(s)])
@pytest.mark.parametrize("replicas", [1, 2])
def test_schedules_may_stand_for_numbers(strategy, replicas):
    """All of its numbers at once, as schedules that stay where they are or that halve."""
    values = {setting: node(strategy)[setting] for setting in numbers(strategy)}
    steady, moving = (
        {s: {"from": value, "to": part * value, "until": 0.1} for s, value in values.items()}
        for part in (1.0, 0.5)
    )
    plain, same, other = (
        trainer(strategy, replicas=replicas, **{strategy: settings})
        for settings in ({}, steady, moving)
    )
    for each in (plain, same, other):
        values = [v for _, scalars in run(each, 4) for v in scalars.values()]
        assert torch.stack(values).isfinite().all()
    assert largest_difference(plain.replicas.tensors, same.replicas.tensors) < 1e-6


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_its_settings_are_those_of_its_yaml(strategy):
    laws.settings_agree(node(strategy), strategy_class(strategy))
    built = strategy_of(strategy)
    assert copy.deepcopy(built).off == built.off


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_setting_declares_what_it_may_be(strategy):
    open_ones = {
        (strategy, s.name)
        for s in read_settings(strategy_class(strategy)).values()
        if not s.range() and s.kind is not bool
    }
    assert open_ones == {pair for pair in FREE if pair[0] == strategy}


DATA_KINDS = ("vectors", "images")
NAMESAKES = [s for s in STRATEGIES if node(s)["_target_"].split(".")[-2] == s]


@pytest.mark.parametrize("strategy", NAMESAKES)
def test_a_yaml_of_its_modules_name_has_the_defaults_of_the_class(strategy):
    """They may be those of images. Others, such as lp, are other settings of a class."""
    raw = yaml.safe_load(option_file("reg", strategy).read_text())
    default = strategy_class(strategy)()
    of_vectors, of_images = (build(resolve(raw, kind), Strategy, strategy) for kind in DATA_KINDS)
    for name in raw.keys() - {"_target_"}:
        assert getattr(default, name) in (getattr(of_vectors, name), getattr(of_images, name)), name


BEYOND = {"at least": -1, "above": 0, "at most": 1, "below": 0}  # a step over a bound


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_bound_is_held(strategy):
    for setting in read_settings(strategy_class(strategy)).values():
        for bound in setting.bounds:
            value = bound.limit + BEYOND[bound.words]
            with pytest.raises(UserError, match=f"{setting.name} must be .*, not"):
                strategy_of(strategy, **{setting.name: value})

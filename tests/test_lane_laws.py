"""By glob: a lane with its own numbers is its solo run, whatever the numbers are of."""

import copy
import json

import pytest

from mcgan.experiment.laws.lanes import (
    change_numbers,
    lanes_are_solo_runs,
    make_fall,
    make_other,
    make_rise,
)
from small import IMAGES, OBJECTIVES, STRATEGIES, built, parts, refused

# Numbers that decide what a hook computes: their values are of programs of their own.
PARTING = {
    "ali": {"reg.ali.reconstruct"},
    "veegan": {"reg.veegan.reconstruct"},
    "dmgan_pl": {"reg.dmgan_pl.identify"},
    "mgan": {"reg.mgan.identify"},
    "infogan": {"reg.infogan.identify"},
    "feature_matching": {"reg.feature_matching.covariance"},
}


def variants(*strategies, **words):
    """A configuration, one with all numbers changed, and two with schedules where there may be."""
    plain = parts(*strategies, **words).config
    changed = [change_numbers(plain, change) for change in (make_other, make_rise, make_fall)]
    return [built(json.dumps(config)) for config in (plain, *changed)]


@pytest.mark.parametrize(
    "strategy", [s for s in STRATEGIES if not refused("objectives", "non_saturating", s)]
)
def test_a_lane_with_its_own_numbers_is_its_solo_run(strategy):
    groups, parting = lanes_are_solo_runs(variants(strategy), steps=2)
    assert parting == PARTING.get(strategy, set())
    assert bool(parting) or ([0, 1] in groups and [2, 3] in groups)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_so_it_is_under_every_objective_and_its_optimiser(objective):
    groups, parting = lanes_are_solo_runs(variants(objective=objective), steps=2)
    assert groups == [[0, 1], [2, 3]] and not parting


@pytest.mark.parametrize(
    "words",
    [
        ("optim=sgd", "optim.momentum=0.5"),
        ("optim=rmsprop",),
        ("+optim.d.betas=[0.1,0.9]", "+optim.g.lr=0.01"),
    ],
    ids=str,
)
def test_so_it_is_with_every_optimiser(words):
    groups, parting = lanes_are_solo_runs(variants("extragradient", words=words))
    assert groups == [[0, 1], [2, 3]] and not parting


def test_so_it_is_of_pictures_whose_gradients_are_taken_one_by_one():
    groups, parting = lanes_are_solo_runs(variants("diffaugment", words=IMAGES)[:2], steps=2)
    assert groups == [[0, 1]] and not parting


def test_the_widths_of_the_data_are_those_of_each_lane():
    plain = parts("instance_noise").config
    wide = copy.deepcopy(plain)
    wide["dataset"]["std"] = 0.2
    runs = [built(json.dumps(config)) for config in (plain, wide)]
    runs[1].dataset = type(runs[1].dataset)(std=0.2).ready()  # the cache of tests holds one each
    assert lanes_are_solo_runs(runs) == ([[0, 1]], set())


def test_other_sizes_are_other_programs():
    runs = [
        parts("minibatch"),
        parts("minibatch", minibatch={"kernels": 2}),
        parts("lookahead"),
        parts("lookahead", lookahead={"k": 2}),
        parts("minibatch"),
    ]
    assert lanes_are_solo_runs(runs, steps=1)[0] == [[0, 4], [1], [2], [3]]

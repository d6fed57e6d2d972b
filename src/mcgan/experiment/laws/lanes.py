"""Runs that are trained as the lanes of one program are what they are by themselves."""

import copy
from collections.abc import Callable, Sequence
from typing import Any

import torch

from mcgan.config.build import find_attribute
from mcgan.config.multiple import times
from mcgan.config.settings import Setting, read_settings
from mcgan.engine.lane_groups import Group, group_lanes
from mcgan.engine.lane_trainer import LaneTrainer, find_differences
from mcgan.engine.trainer import Lane, Trainer, make_lane
from mcgan.experiment.components import Components
from mcgan.experiment.laws.holding import require
from mcgan.experiment.laws.small_trainer import largest_difference, run

Config = dict[str, Any]
Change = Callable[[float], Any]


def lanes_are_solo_runs(runs: Sequence[Components], steps: int = 3) -> tuple[list[Group], set[str]]:
    """Each of the runs, grouped and trained as lanes, has the weights of the run by itself.

    Returns the groups, and the numbers whose values part them.
    """
    lanes = [make_double(parts, seed) for seed, parts in enumerate(runs)]
    groups, parting = group_lanes(lanes)
    for group in groups:
        members = [lanes[i] for i in group]
        together = LaneTrainer(members, find_differences(members))
        run(together, steps)
        for place, i in enumerate(group):
            parts = runs[i]
            alone = Trainer(parts.game, parts.dataset.draw, parts.optim, [i], dtype=torch.float64)
            run(alone, steps)
            away = largest_difference(together.replicas.replica(place), alone.replicas.replica(0))
            require(away < 1e-9, f"a lane with numbers of its own is {away:.1g} away from its run")
    return groups, parting


def make_double(parts: Components, seed: int) -> Lane:
    """A run in double precision as a lane, so that only an error shows and no rounding."""
    return make_lane(parts.game(seed).double(), parts.optim, parts.dataset.draw, seed)


def change_numbers(
    config: Config, change: Change, groups: Sequence[str] = ("optim", "objective")
) -> Config:
    """The configuration with every number of its strategies and of ``groups`` changed."""
    changed = copy.deepcopy(config)
    for node in (*changed["reg"].values(), *(changed[group] for group in groups)):
        for setting in read_settings(find_attribute(node["_target_"], "law")).values():
            node[setting.name] = change_setting(setting, node[setting.name], change)
    return changed


def change_setting(setting: Setting, value: Any, change: Change) -> Any:
    """A number changed, within its bounds; whole numbers and all else stay."""
    if isinstance(value, list) and setting.name == "betas":
        return [change(each) if isinstance(each, float) else each for each in value]
    whole = isinstance(value, int) and not setting.scheduled
    if isinstance(value, bool) or whole or not isinstance(value, (int, float, dict)):
        return value
    if isinstance(value, dict):
        return times(value, 0.9)
    changed = change(float(value))
    if not setting.scheduled and isinstance(changed, dict):
        return value
    try:
        setting.read(changed)
    except ValueError:  # over a bound
        return value
    return changed


def make_other(value: float) -> float:
    """Another number, never across 1, which is the bound of many."""
    return 0.3 if value == 0 else value * (0.8 if value < 0.99 or value > 1.3 else 0.95)


def make_fall(value: float) -> Any:
    """A schedule that ends at a number."""
    return {"from": make_other(value), "to": value, "until": 0.3}


def make_rise(value: float) -> Any:
    """A schedule that begins at a number."""
    return {"from": value, "to": make_other(value), "until": 0.5}

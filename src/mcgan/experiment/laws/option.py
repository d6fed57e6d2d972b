"""All laws of one option of a configuration: a strategy, an objective or a dataset."""

import copy
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import torch

from mcgan.config.build import build, locate
from mcgan.config.option_file import option_file
from mcgan.config.option_header import header
from mcgan.config.settings import read_settings
from mcgan.dataset.base import ModalDataset
from mcgan.errors import UserError
from mcgan.experiment.components import build_components
from mcgan.experiment.laws import dataset as of_datasets
from mcgan.experiment.laws import objective as of_objectives
from mcgan.experiment.laws import strategy as of_strategies
from mcgan.experiment.laws.holding import Result, require, try_law, try_laws
from mcgan.experiment.laws.lanes import change_numbers, lanes_are_solo_runs, make_other
from mcgan.experiment.laws.ranks import several_are_one
from mcgan.experiment.laws.small_trainer import make_trainer, run
from mcgan.gan.mistakes import check_class
from mcgan.gan.strategy import Strategy
from mcgan.objective import Objective

Config = dict[str, Any]
SIZES = {"latent": 4, "width": 8, "critic_width": 8}  # of nets, at most
SAYS = "its YAML says what it is"
LARGE_EPS = 1e-3  # of Adam: a small one makes large steps of the round-off of zero gradients


def shrink(config: Config) -> Config:
    """The configuration with small nets and at most two turns of D, for laws that train."""
    small = copy.deepcopy(config)
    for name, most in SIZES.items():
        if small["arch"].get(name):
            small["arch"][name] = min(small["arch"][name], most)
    if "eps" in small["optim"]:
        small["optim"]["eps"] = LARGE_EPS
    turns = small["objective"]
    turns["critic_steps"] = min(2, turns.get("critic_steps", 1))
    if "catch_up" in turns:
        turns["catch_up"] = 0
    return small


def check_strategy(config: Config, name: str, others: Mapping[str, Config]) -> list[Result]:
    """The laws of a strategy, alone and with each of the ``others``, given by their nodes."""
    node = config["reg"][name]
    if "_target_" not in node:
        raise UserError(f"reg.{name} has no _target_, the class to build")
    cls: Any = locate(node["_target_"], Strategy, f"reg.{name}")
    check_class(cls)
    settings = try_law(
        "its settings are those of its YAML", partial(of_strategies.settings_agree, node, cls)
    )
    said = try_law(SAYS, partial(check_header, "reg", name))
    if settings.reason:
        return [settings]  # nothing can be built
    small = shrink(config)
    make = partial(make_trainer, build_components(small))
    trains = try_law("it trains", partial(of_strategies.it_trains, make))
    if trains.reason:
        return [settings, said, trains]  # every other law would say the same
    results = [
        settings,
        said,
        trains,
        *try_laws(of_strategies.laws_of(make)),
        *try_laws(dict(schedule_laws(small, name, cls))),
        try_law("a lane with its own numbers is its solo run", partial(check_lanes, small)),
        try_law(
            "two processes train it as one, or it says why not", partial(several_are_one, make)
        ),
    ]
    if cls.off:
        results.append(try_law("switched off it is absent", partial(check_off, small, name, cls)))
    return results + try_laws(dict(pair_laws(small, name, others)))


def check_header(group: str, name: str) -> None:
    """The law of every YAML: a comment says what the option is, for ``mcgan list``."""
    file = option_file(group, name)
    require(
        bool(header(file.read_text(encoding="utf-8"))),
        f"{file.name} begins with no comment "
        "that says what it is: '# What it does (Who et al. 2001)'",
    )


def schedule_laws(config: Config, name: str, cls: Any) -> Iterator[tuple[str, Callable[[], None]]]:
    """For each setting that may be a schedule and is a number: the schedule may stand for it.

    The schedule leaves the number at the end of the run, which no step reaches.
    """
    node = config["reg"][name]
    for setting in read_settings(cls).values():
        value = node[setting.name]
        if setting.scheduled and isinstance(value, (int, float)):
            late = {"from": value, "to": make_other(float(value)), "shape": "step"}
            steady = node | {setting.name: late}
            plain, scheduled = (
                partial(make_trainer, build_components(with_strategies(config, reg)))
                for reg in (config["reg"], config["reg"] | {name: steady})
            )
            yield (
                f"{setting.name} may be a schedule",
                partial(of_strategies.schedule_is_read, plain, scheduled, setting.name),
            )


def check_lanes(config: Config) -> None:
    """The law of lanes, where the strategies have other numbers and where they have the same."""
    other = change_numbers(config, make_other, groups=())
    lanes_are_solo_runs([build_components(each) for each in (config, other, config)])


def check_off(config: Config, name: str, cls: type[Strategy]) -> None:
    """The law that a strategy switched off is absent."""
    off = config["reg"] | {name: config["reg"][name] | cls.off}
    rest = {key: node for key, node in config["reg"].items() if key != name}
    makers = [
        partial(make_trainer, build_components(with_strategies(config, reg))) for reg in (off, rest)
    ]
    of_strategies.off_is_absent(*makers)


def with_strategies(config: Config, reg: Config) -> Config:
    """The configuration with these strategies, in this order."""
    return config | {"reg": reg}


def pair_laws(
    config: Config, name: str, others: Mapping[str, Config]
) -> Iterator[tuple[str, Callable[[], None]]]:
    """For each other strategy: both orders train, or are refused in a sentence."""
    mine = {name: config["reg"][name]}
    for other, node in others.items():
        orders = (mine | {other: node}, {other: node} | mine)
        chains = [with_strategies(config, order) for order in orders]
        yield f"it composes with {other}, or says why not", partial(check_chains, chains)


def check_chains(chains: list[Config]) -> None:
    """Each configuration trains with finite losses, or is refused in a sentence."""
    for config in chains:
        order = f"[{','.join(config['reg'])}]"
        try:
            seen = run(make_trainer(build_components(config)), 2)
        except UserError as refusal:
            require(len(str(refusal).split()) >= 5, f"{order} is refused without a sentence")
            continue
        values = torch.stack([value for _, scalars in seen for value in scalars.values()])
        require(bool(values.isfinite().all()), f"{order} has losses that are not finite")


def check_objective(config: Config, name: str, others: Mapping[str, Config]) -> list[Result]:
    """The laws of an objective, and that a game with it trains."""
    made = build(config["objective"], Objective, "objective")  # type: ignore[type-abstract]
    make = partial(make_trainer, build_components(shrink(config)))
    trains = partial(of_strategies.losses_are_finite, make)
    says = {SAYS: partial(check_header, "objective", name)}
    return try_laws(says | of_objectives.laws_of(made) | {"a game with it trains": trains})


def check_dataset(config: Config, name: str, others: Mapping[str, Config]) -> list[Result]:
    """The laws of a dataset."""

    def make() -> ModalDataset:
        made = build(config["dataset"], ModalDataset, "dataset")  # type: ignore[type-abstract]
        return made.ready()

    make()  # a mistake in its settings or files is the user's, not a broken law
    says = {SAYS: partial(check_header, "dataset", name)}
    return try_laws(says | of_datasets.laws_of(make))


CHECKS = {"reg": check_strategy, "objective": check_objective, "dataset": check_dataset}

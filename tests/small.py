"""Small games for the tests of the heart, from the real configuration."""

import copy
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import torch
import yaml
from omegaconf import OmegaConf
from torch import Tensor, nn
from torch.utils._pytree import tree_leaves

from mcgan.arch.base import Arch
from mcgan.config import data_kind, multiple
from mcgan.config.build import locate
from mcgan.config.compose import compose
from mcgan.config.paths import conf_dir
from mcgan.config.settings import read_settings
from mcgan.dataset.base import ModalDataset
from mcgan.engine.pure import PureMove
from mcgan.engine.traced import trace
from mcgan.engine.trainer import Trainer
from mcgan.errors import UserError
from mcgan.experiment.components import Components, assemble
from mcgan.experiment.laws.small_trainer import (  # noqa: F401 (for the tests)
    find_changed,
    largest_difference,
    make_trainer,
)
from mcgan.experiment.laws.small_trainer import run as run_steps
from mcgan.gan.chain import Chain
from mcgan.gan.game import Game
from mcgan.gan.ranks import ALONE, Ranks
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.objective import Minimax, Objective
from mcgan.types import Moment, Player, Sample, Tensors
from mnist_files import MISSING

TINY = {
    "size": 16,
    "kernels": 3,
    "dims": 2,
    "generators": 2,
    "hidden": 8,
    "burn_in": 16,
    "components": 3,
    "values": 3,
    "particles": 5,
    "population": 40,
    "points": 16,
    "classes": 3,
    "examples": 32,
    "period": 2,
}  # for strategies that have them
NETS = (
    "arch.latent=4",
    "arch.width=8",
    "train.batch_size=8",
    "train.steps=20",
    "protocol.samples=50",
)
BATCH = 8
IMAGES = ("dataset=stacked_mnist", "arch=dcgan", "arch.width=2", "arch.critic_width=2")
NETS_OF: dict[str, tuple[str, ...]] = {
    "mlp": (),
    "dcgan": IMAGES,
    "dcgan arch.critic_norm=batch": (*IMAGES, "arch.critic_norm=batch"),
    "resnet": (
        "dataset=stacked_mnist",
        "arch=resnet",
        "arch.width=2",
        "arch.widest=4",
        "arch.critic_width=2",
        "arch.critic_widest=4",
    ),
    "r3gan": (
        "dataset=stacked_mnist",
        "arch=r3gan",
        "arch.width=2",
        "arch.widest=4",
        "arch.blocks=1",
        "arch.group=2",
    ),
}


def stems(group: str) -> list[str]:
    return sorted(file.stem for file in (conf_dir() / group).glob("*.yaml"))


STRATEGIES = [stem for stem in stems("reg") if stem != "none"]
OBJECTIVES = stems("objective")


def strategy_class(strategy: str) -> type[Strategy]:
    return locate(node(strategy)["_target_"], Strategy, strategy)


def choices(strategy: str) -> list[dict[str, Any]]:
    """The settings with choices, each at one that isn't the YAML's own."""
    settings = read_settings(strategy_class(strategy)).values()
    return [
        {each.name: choice}
        for each in settings
        for choice in each.choices
        if choice != node(strategy)[each.name]
    ]


@cache
def composed(objective: str, words: tuple[str, ...] = ()) -> dict[str, Any]:
    return compose(f"objective={objective}", *NETS, "name=small", *words).config


def resolve(node: Any, kind: str = "vectors") -> Any:
    """An option's own settings, read from its YAML alone, as plain values for this kind of data."""
    data_kind.register()
    multiple.register()
    root = OmegaConf.create({"data_kind": kind, "node": node})
    whole: Any = OmegaConf.to_container(root, resolve=True)
    return whole["node"]


@cache
def option(group: str, name: str) -> dict[str, Any]:
    """What the YAML of an option says. Each is read once: reading takes a millisecond or two."""
    return resolve(yaml.safe_load((conf_dir() / group / f"{name}.yaml").read_text()))


def node(strategy: str, **settings: Any) -> dict[str, Any]:
    """A strategy's settings as its YAML gives them, its sizes shrunk."""
    found = copy.deepcopy(option("reg", strategy))
    return found | {k: v for k, v in TINY.items() if k in found} | settings


def parts(
    *strategies: str,
    objective: str = "non_saturating",
    words: tuple[str, ...] = (),
    replicas: int = 1,
    eps: float = 1e-3,
    **settings: dict[str, Any],
) -> Components:
    """``strategies`` in this order after the objective's own; ``settings`` by strategy.

    ``eps``, the optimiser's, is large, or Adam blows up the round-off of gradients that are zero.
    """
    config = copy.deepcopy(composed(objective, words)) | {"replicas": replicas}
    config["reg"] |= {name: node(name) for name in strategies if name not in config["reg"]}
    config["objective"]["critic_steps"] = min(2, config["objective"]["critic_steps"])
    if "catch_up" in config["objective"]:
        config["objective"]["catch_up"] = 0
    if "eps" in config["optim"]:
        config["optim"]["eps"] = eps
    for name, own in settings.items():
        config["reg"][name] |= own
    return built(json.dumps(config))


DATASETS: dict[str, ModalDataset] = {}  # one of each configuration: MNIST takes 60 MB


@lru_cache(maxsize=300)  # each law comes to the same games, and each game takes memory
def built(config: str) -> Components:
    values = json.loads(config)
    data = json.dumps(values["dataset"])
    made = assemble(values)  # what a run needs of time and memory has tests of its own
    if data not in DATASETS:
        DATASETS[data] = made.dataset.ready()
    made.dataset = DATASETS[data]
    return made


def trainer(
    *strategies: str,
    seed: int = 0,
    replicas: int = 1,
    dtype: torch.dtype = torch.float32,
    pure: bool = False,
    compiled: bool = False,
    ranks: Ranks = ALONE,
    **words: Any,
) -> Trainer:
    """A trainer of a small game on the ring; ``pure`` by torch.func also for one network."""
    return make_trainer(parts(*strategies, **words), seed, replicas, dtype, pure, compiled, ranks)


@cache
def stored_refusals() -> dict[str, Any]:
    return json.loads((Path(__file__).parents[1] / "docs" / "refusals.json").read_text())


def refused(table: str, first: str, second: str) -> str:
    """The stored sentence by which two parts are refused; empty where they compose."""
    return stored_refusals()[table].get(first, {}).get(second, "")


def solo_difference(strategy: str, steps: int = 4, **settings: Any) -> float:
    """The largest difference in float64 between a second replica and the solo run of its seed."""
    words = {strategy: settings, "dtype": torch.float64}
    both, alone = trainer(strategy, replicas=2, **words), trainer(strategy, seed=1, **words)
    run(both, steps)
    run(alone, steps)
    return largest_difference(both.replicas.replica(1), alone.replicas.replica(0))


class Outcome(NamedTuple):
    """What became of building a game: why it is refused, or what the log would say of it."""

    refusal: str
    notes: frozenset[str]


def outcome(*strategies: str, **words: Any) -> Outcome:
    """Builds a small game; fails where a refusal is no sentence that says what to do."""
    try:
        return Outcome("", frozenset(trainer(*strategies, **words).game.notes()))
    except UserError as error:
        if MISSING in str(error):  # says nothing of the game: conftest leaves the test out
            raise
        return Outcome(refusal(error), frozenset())


def pure_moves(trainer: Trainer) -> list[PureMove]:
    moves = [*trainer.moves.values()]
    assert all(isinstance(move, PureMove) for move in moves)
    return moves


def traced(trainer: Trainer, **how: Any) -> Trainer:
    """A compiled trainer, compiled in another way."""
    for part in [*pure_moves(trainer), *filter(None, [trainer.compiled_step])]:
        part.run = torch.compile(part.update, fullgraph=True, dynamic=False, **how)
    return trainer


def graphed(trainer: Trainer) -> Trainer:
    """A compiled trainer that computes the graphs from which packages are compiled, as they are."""
    for part in [*pure_moves(trainer), *filter(None, [trainer.compiled_step])]:
        part.run = GraphRun(part.update)
    return trainer


class GraphRun:
    """A run by its graph, which is traced at its first call."""

    def __init__(self, update: Callable[..., Any]) -> None:
        self.update, self.graph = update, None

    def __call__(self, *given: Any) -> Any:
        self.graph = self.graph or trace(self.update, given)
        with torch.no_grad():
            return self.graph.form.fill(self.graph.module(*tree_leaves(given)))


def run(trainer: Trainer, steps: int = 4) -> list[tuple[Player, Tensors]]:
    """Every turn's scalars."""
    return run_steps(trainer, steps)


def refusal(error: UserError) -> str:
    """The sentence of a refusal; fails where it is none, or doesn't say what to do."""
    text = str(error)
    assert len(text.split()) >= 5 and "\n" not in text, text
    assert re.search(r"\b(take|put|choose|use|try|give|add|drop|share|leave)\b", text), text
    return text


@dataclass(eq=False)
class Straight(Arch):
    """A linear critic, w x + b, and a linear generator: what has a closed form."""

    latent: int = 2

    def generator(self, latent: int, shape: tuple[int, ...]) -> nn.Sequential:
        return nn.Sequential(nn.Linear(latent, math.prod(shape)), nn.Unflatten(1, shape))

    def trunk(self, shape: tuple[int, ...]) -> tuple[nn.Module, int]:
        return nn.Flatten(), math.prod(shape)


def game(
    *strategies: Strategy,
    arch: Arch | None = None,
    objective: Objective | None = None,
    shape: tuple[int, ...] = (3,),
    batch: int = BATCH,
    steps: int = 20,
    seed: int = 0,
) -> Game:
    """A game on normal data, its strategies named by their classes in lower case."""
    torch.manual_seed(seed)
    named = {type(each).__name__.lower(): each for each in strategies}
    nets = arch or Straight()
    made = Game(nets, objective or Minimax(), Chain(named, nets.latent), shape, batch, steps)
    made.setup(lambda n: torch.randn(n, *shape, generator=torch.Generator().manual_seed(seed)))
    return made


def moment(game: Game, progress: float = 0.0, seed: int = 0) -> Moment:
    drawn = game.moment(game.batch, torch.Generator().manual_seed(seed)).noise
    like = next(game.parameters())
    return Moment({name: t.to(like) for name, t in drawn.items()}, torch.tensor(progress))


def real(game: Game, seed: int = 1) -> Tensor:
    x = torch.randn(game.batch, *game.shape, generator=torch.Generator().manual_seed(seed))
    return x.to(next(game.parameters()))


def d_turn(game: Game, **where: Any) -> Turn:
    """The critic's turn on normal data and fresh fakes."""
    now = moment(game, **where)
    with torch.no_grad():
        fake = game.generate(now)
    return game.turn(real(game), fake, now)


def sample(x: Tensor, latent: int = 2) -> Sample:
    """x as a generator's sample, of origin 0."""
    return Sample(x, torch.zeros(len(x), latent), torch.zeros(len(x), dtype=torch.int64))


@dataclass(eq=False, repr=False)
class Poison(Strategy):
    """Its term of D's loss is NaN from a share of the run on, in games whose seed draws so."""

    since: float = 0.5

    def setup(self, game: Game, data: Any) -> None:
        self.register_buffer("sick", data(1).flatten()[0] > 0)

    def d_term(self, turn: Turn) -> Tensor:
        return torch.where(self.sick & (turn.moment.progress >= self.since), float("nan"), 0.0)

"""From a configuration to the components of a run."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import torch

from mcgan.arch.base import Arch
from mcgan.config.build import build
from mcgan.dataset.base import ModalDataset
from mcgan.dataset.trained_classifier import Judge
from mcgan.engine import compile_cost
from mcgan.engine.draws import DrawData
from mcgan.engine.seeded_game import make_game
from mcgan.engine.trainer import Trainer
from mcgan.errors import UserError
from mcgan.experiment.feature_space import FeatureSpace, find_space
from mcgan.experiment.first_weights import copy_first_weights
from mcgan.experiment.forecast import (
    Need,
    Size,
    build_without_memory,
    check_needs,
    list_needs,
    sample_need,
)
from mcgan.experiment.forecast_time import TimePlan, check_spans, list_spans
from mcgan.experiment.measuring import Measuring
from mcgan.gan.chain import Chain
from mcgan.gan.game import Game
from mcgan.gan.ranks import ALONE, Ranks
from mcgan.gan.strategy import Strategy
from mcgan.metrics.protocol import Protocol
from mcgan.metrics.published import NOTHING, read_published
from mcgan.objective import Objective
from mcgan.optim import Optim
from mcgan.system.device import device_of, free_on_gpu
from mcgan.types import Tensors

LOOKED_AT = 1000  # examples drawn to see that the data are finite
PRECISIONS = {"float32": torch.float32, "tf32": torch.float32, "bf16": torch.bfloat16}

SMALL = (
    2**20
)  # multiplications: up to here a second thread was not faster (docs/LOG.md, 2026-11-30)


@dataclass
class Components:
    """Everything one run is made of. Games and trainers are made of it as often as asked for."""

    config: Mapping[str, Any]
    dataset: ModalDataset
    arch: Arch
    objective: Objective
    optim: Optim
    protocol: Protocol
    notes: list[str] = field(default_factory=list)  # what the log should say, once
    first: list[Tensors] = field(default_factory=list)  # both players' at step 0; none: drawn

    @property
    def seeds(self) -> list[int]:
        """The seed of each replica."""
        first: int = self.config["seed"]
        return [first + i for i in range(self.config["replicas"])]

    @property
    def steps(self) -> int:
        """Length of the run, in generator updates."""
        steps: int = self.config["train"]["steps"]
        return steps

    @property
    def size(self) -> Size:
        """The numbers that a step's memory depends on: replicas, batch and samples."""
        return Size(
            self.config["replicas"],
            self.config["train"]["batch_size"],
            self.config["eval"]["samples"],
        )

    @property
    def threads(self) -> int | None:
        """1 where a second thread takes no time off products, else None: torch's choice."""
        if self.outline is None or len(self.dataset.shape) > 1:
            return None
        weights = [
            each for player in (self.outline.G, self.outline.D) for each in player.parameters()
        ]
        largest = max(each.numel() for each in weights)
        return None if self.size.replicas * self.size.batch * largest > SMALL else 1

    @cached_property
    def outline(self) -> Game | None:
        """The game without memory; None where it cannot be built so."""
        return build_without_memory(lambda: self._build(self.seeds[0]))

    @cached_property
    def feature_space(self) -> FeatureSpace | None:
        """The features that scores and verdicts look at; None where they look at none."""
        return find_space(self.dataset, self.config["eval"])

    @cached_property
    def measuring(self) -> Measuring:
        """How samples are scored; runs of the same data and settings may have one together."""
        wanted = self.config["eval"]
        space = self.feature_space if wanted.get("features") else None
        return Measuring(self.dataset, self.protocol, wanted["samples"], space)

    def needs(self) -> list[Need]:
        """What the run holds in memory at the same time, at least; the samples come last."""
        training = list_needs(self.size, self.dataset, self.outline, self.optim)
        latent = self.outline.latent if self.outline else 0
        size = self.size
        drawn = sample_need(size.replicas, size.samples, self.dataset.shape, latent)
        return [*training, drawn]

    def check_time(self) -> None:
        """Raises UserError where the run would take years."""
        steps, every = self.steps, self.config["eval"]["every"] or self.steps
        turns = steps + steps // self.objective.generator_steps  # of D one in a block at least
        plan = TimePlan(steps, turns, 1 + (steps - 1) // every)
        check_spans(
            list_spans(plan, self.size, self.outline, device_of(self.config["train"]["device"]))
        )

    def check_memory(self) -> None:
        """Raises UserError where the run needs more memory than there is, also on its GPU."""
        needs, free = self.needs(), free_on_gpu(self.config["train"]["device"])
        check_needs(needs)
        if free is not None:
            check_needs(needs[:-1], free, "free on the GPU")

    def strategies(self) -> dict[str, Strategy]:
        """New strategies, by their keys under ``reg`` and in their order."""
        return build_strategies(self.config)

    def game(self, seed: int, draw: DrawData | None = None) -> Game:
        """The game of one seed, its weights drawn and its strategies ready.

        They look at examples of the dataset, or of ``draw``.
        """
        return make_game(seed, lambda: self._build(seed), draw or self.dataset.draw)

    def _build(self, seed: int) -> Game:
        train = self.config["train"]
        chain = Chain(self.strategies(), self.arch.find_latent(self.dataset.shape))
        game = Game(
            self.arch, self.objective, chain, self.dataset.shape, train["batch_size"], self.steps
        )
        game.precision = PRECISIONS[train.get("precision", "float32")]
        if self.first:
            copy_first_weights(game, self.first[self.seeds.index(seed)])
        return game

    def trainer(
        self, compiled: bool, ranks: Ranks = ALONE, dtype: torch.dtype = torch.float32
    ) -> Trainer:
        """A trainer of all replicas. Raises UserError for components that cannot live together."""
        device = device_of(self.config["train"]["device"])
        draw = self.dataset.draws_on(device)
        trainer = Trainer(self.game, draw, self.optim, self.seeds, device, compiled, dtype, ranks)
        self.notes = trainer.game.notes()
        return trainer

    def compiles(self) -> tuple[bool, str]:
        """Whether to compile, and why: `auto` follows the config and the stored calibration."""
        wish = self.config["train"]["compile"]
        if wish != "auto":
            return wish, f"train.compile={str(wish).lower()}"
        if self.config["train"].get("devices", 1) > 1:
            return False, "auto: train.devices is above 1"
        if len(self.dataset.shape) > 1:
            return False, "auto: convolutions are as fast"
        if device_of(self.config["train"]["device"]) != "cpu":
            return False, "auto: no forecast for a GPU; train.compile=true compiles"
        if not any(map(shutil.which, ("c++", "g++", "clang++"))):
            return False, "auto: there is no C++ compiler here"
        return self.forecast()

    def forecast(self) -> tuple[bool, str]:
        """Whether compiling is forecast to pay, and the forecast in words."""
        one = Trainer(self.game, self.dataset.draw, self.optim, self.seeds[:1])
        costs = compile_cost.forecast(
            compile_cost.work_of(one), len(self.seeds), compile_cost.load_calibration()
        )
        eager, compiled = self.steps * costs.eager, self.steps * costs.compiled
        return costs.pays(self.steps), (
            f"auto: about {eager:,.0f} s as it is, {costs.compiling + compiled:,.0f} s compiled, "
            f"{costs.compiling:,.0f} s of them to compile"
        )


def build_components(
    config: Mapping[str, Any], kept: Judge | None = None, loaded: ModalDataset | None = None
) -> Components:
    """The components of a configuration, and the dataset's files loaded.

    ``kept`` is the classifier of a run, to name modes as it did; ``loaded`` is the dataset of these
    settings where another run has it already. Raises UserError, in one sentence, for what cannot be
    built: before any file is read.
    """
    components = assemble(config)
    read_published(config.get("published") or NOTHING)  # only for its mistakes
    if loaded is not None:
        components.dataset = loaded
        components.check_memory()
        return components
    components.dataset.kept = kept
    components.dataset.ready()
    components.check_time()
    components.check_memory()
    check_examples(components.dataset)
    _ = components.feature_space  # for its mistakes, before the run begins
    return components


def assemble(config: Mapping[str, Any]) -> Components:
    """The components of a configuration; no file of the dataset is read. Raises UserError."""
    components = Components(
        config,
        dataset=build(config["dataset"], ModalDataset, "dataset"),  # type: ignore[type-abstract]
        arch=build(config["arch"], Arch, "arch"),  # type: ignore[type-abstract]
        objective=build(config["objective"], Objective, "objective"),  # type: ignore[type-abstract]
        optim=build(config["optim"], Optim, "optim"),  # type: ignore[type-abstract]
        protocol=build(config["protocol"], Protocol, "protocol"),
    )
    build_strategies(config)  # only for their mistakes
    return components


def check_examples(dataset: ModalDataset) -> None:
    """Raises UserError where the dataset draws examples that are not finite numbers."""
    x = dataset.draw(LOOKED_AT, torch.Generator().manual_seed(0))
    broken = int((~x.flatten(1).isfinite().all(1)).sum())
    if broken:
        raise UserError(
            f"dataset: {broken:,} of {LOOKED_AT:,} examples that it draws are not "
            "finite numbers: take NaN and infinite values out of the data"
        )


def build_strategies(config: Mapping[str, Any]) -> dict[str, Strategy]:
    """The strategies of a configuration, new ones at every call, by their keys under ``reg``."""
    return {name: build(node, Strategy, f"reg.{name}") for name, node in config["reg"].items()}

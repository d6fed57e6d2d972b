"""Samples of a run's checkpoint: its generator alone is built, and no data are read."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import Generator, Tensor

from mcgan.dataset.base import ModalDataset
from mcgan.dataset.data_units import numbers
from mcgan.engine.draws import stream
from mcgan.errors import UserError, check_count
from mcgan.experiment.components import Components, assemble
from mcgan.experiment.first_weights import split_replicas
from mcgan.experiment.forecast import FLOAT, Need, check_needs
from mcgan.gan.game import Game
from mcgan.gan.given_latents import GivenLatents, draw_latents, interpolate
from mcgan.gan.sampling import sampler
from mcgan.types import Tensors

COUNT, ENDS = 1000, 9  # samples, or latents that are interpolated, where nobody says how many


class Units(NamedTuple):
    """What samples are, known without the data: a run stores it in its checkpoints."""

    shape: tuple[int, ...]  # of one
    scale: float  # from net units to data units


class Chosen(NamedTuple):
    """Latents that are given or lie on paths, instead of drawn ones."""

    z: Tensor  # (n, Z)
    rows: Tensor  # (n,) int64: samples of equal rows, as on a path, share all other noise


def units_of(dataset: ModalDataset) -> Units:
    """A sample's shape, and the factor from net units to data units."""
    return Units(tuple(dataset.shape), float(dataset.scale))


class Drawing:
    """Draws from the generators of a checkpoint, replica by replica, on any device."""

    def __init__(self, config: Mapping[str, Any], state: Mapping[str, Any]) -> None:
        self.parts = assemble(config)
        self.units = read_units(self.parts, state)
        self.replicas = split_replicas(state["trainer"])
        self.game = build_game(self.parts, self.units, self.replicas[0])

    def sample(
        self,
        n: int | None,
        replica: int,
        seed: int,
        latents: Any,
        interpolate: int | None,
        device: str,
    ) -> Tensor:
        """Samples in data units, as `TrainedRun.sample` returns them."""
        self._check_replica(replica)
        generator = stream(seed, "sample", replica)
        if latents is None and interpolate is None:
            x = self.draw(COUNT if n is None else n, replica, generator, device)
        else:
            chosen = self.choose(n, latents, interpolate, generator)
            x = self.draw_of(chosen, replica, generator, device)
        return x * self.units.scale

    def draw(self, n: int, replica: int, generator: Generator, device: str) -> Tensor:
        """n samples of a replica in net units, (n, *shape), on the CPU."""
        self.check_count(n)
        return sampler(self.game)(self._on(device, replica), n, generator).x.cpu()

    def draw_of(self, chosen: Chosen, replica: int, generator: Generator, device: str) -> Tensor:
        """The samples of chosen latents, (n, *shape), in net units, on the CPU.

        Raises UserError where a strategy chooses latents by itself.
        """
        self.check_count(len(chosen.z))
        given = GivenLatents(self.game, *chosen)
        sample = self.game.chain.sampler(given, self.game)
        x = sample(self._on(device, replica), len(chosen.z), generator).x.cpu()
        given.check_used()
        return x

    def choose(
        self, n: int | None, latents: Any, steps: int | None, generator: Generator
    ) -> Chosen:
        """The latents given, or n drawn ones; with ``steps`` the paths from each to the next.

        Raises UserError: another shape than (n, Z), no finite numbers, a path without two ends.
        """
        if latents is None:
            self.check_count(ENDS if n is None else n)
            z = draw_latents(self.game, ENDS if n is None else n, generator)
        else:
            z = read_latents(latents, n, self.game.latent)
        if steps is None:
            return Chosen(z, torch.arange(len(z)))
        if len(z) < 2 or steps < 2:
            raise UserError(
                f"a path of {steps} samples between {len(z)} latents is none: "
                "interpolate at least 2 samples between at least 2 latents"
            )
        self.check_count((len(z) - 1) * steps)
        paths = interpolate(z, steps)
        return Chosen(paths.flatten(0, 1), torch.arange(len(paths)).repeat_interleave(steps))

    def check_count(self, n: int) -> None:
        """Raises UserError for no number of samples, or more than fit into memory."""
        check_count(n, "samples")
        size = math.prod(self.units.shape) + self.game.latent
        check_needs([Need("the samples", n * size * FLOAT, "n")])

    def _on(self, device: str, replica: int) -> Tensors:
        """A replica's tensors on a device. Raises UserError where there is no such replica."""
        self._check_replica(replica)
        return {name: t.to(device) for name, t in self.replicas[replica].items()}

    def _check_replica(self, replica: int) -> None:
        if replica not in range(len(self.replicas)):
            raise UserError(
                f"the run has no replica {replica}: choose 0 to {len(self.replicas) - 1}"
            )


def read_units(parts: Components, state: Mapping[str, Any]) -> Units:
    """Those of the checkpoint; a run of before asks the dataset, which may have to read files."""
    if "units" in state:
        return Units(tuple(state["units"]["shape"]), state["units"]["scale"])
    dataset = parts.dataset
    pictures = len(getattr(dataset, "shape", ())) == 3  # their scale is 1
    if not pictures:
        dataset.prepare()
    return units_of(dataset)


def build_game(parts: Components, units: Units, saved: Tensors) -> Game:
    """The game of the checkpoint's nets; strategies prepare themselves on noise, not on data.

    What they learn from data are tensors, and the checkpoint has them. Where noise will not do for
    one, the data are read after all.
    """
    parts.dataset.shape = units.shape
    seed = parts.seeds[0]
    try:
        game = parts.game(
            seed, lambda n, generator: torch.randn(n, *units.shape, generator=generator)
        )
    except UserError:
        game = None
    if game is None or find_misfit(game, saved):
        parts.dataset.prepare()
        game = parts.game(seed)
    if odd := find_misfit(game, saved):
        raise UserError(
            f"the checkpoint is of another configuration, {odd} differs: "
            "restore the run's config.yaml"
        )
    return game


def find_misfit(game: Game, saved: Tensors) -> str | None:
    """The first tensor that only one of the two has, or in another shape."""
    here, there = ({name: t.shape for name, t in each.items()} for each in (game.tensors(), saved))
    return next((name for name in here | there if here.get(name) != there.get(name)), None)


def read_latents(latents: Any, n: int | None, width: int) -> Tensor:
    """Latents (n, Z) as float32 on the CPU, checked. Raises UserError where they are others."""
    z = numbers(latents, "latents")
    if z.dim() != 2 or z.shape[1] != width or not len(z):
        raise UserError(
            f"latents of this run have the shape (n, {width}), not {tuple(z.shape)}: "
            f"give {width} columns"
        )
    if not z.isfinite().all():
        raise UserError("latents hold a NaN or an infinity: leave those rows out")
    if n not in (None, len(z)):
        raise UserError(f"n={n} contradicts the {len(z):,} latents given: leave it out")
    return z.float()

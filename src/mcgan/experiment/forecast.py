"""How much memory a run needs at least: measured on its game before any of it is allocated."""

import math
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from mcgan.dataset.base import ModalDataset
from mcgan.errors import UserError
from mcgan.gan.game import Game
from mcgan.optim import Optim
from mcgan.system.memory import memory, say_bytes

FLOAT = 4  # bytes of a number


class Need(NamedTuple):
    """Bytes of a part of the run, and the settings that make them less."""

    what: str
    bytes: int
    settings: str


class Size(NamedTuple):
    """What multiplies the size of a run."""

    replicas: int
    batch: int
    samples: int  # that an evaluation draws of each replica


def list_needs(size: Size, dataset: ModalDataset, game: Game | None, optim: Optim) -> list[Need]:
    """What training holds at the same time, each part counted at its least.

    ``game`` is one without memory; None, of a game that cannot be built so, counts nothing.
    """
    copies = 2 + len(optim.slots)  # the weights, their gradients, and the state of the optimiser
    example, replicas = math.prod(dataset.shape), size.replicas
    turn = size.batch * 2 * example + (measure_turn(game, size.batch) if game else 0)
    parts = [("weights", [game.G, game.D], "arch.width, arch.depth or arch.latent")] if game else []
    parts += [
        (f"reg.{name}", [each], f"a size of reg.{name}")
        for name, each in (game.reg.items() if game else ())
    ]
    return [
        *(
            Need(what, replicas * held(modules, copies), f"replicas, or {settings}")
            for what, modules, settings in parts
        ),
        Need("a batch", replicas * turn * FLOAT, "train.batch_size or replicas"),
    ]


def sample_need(replicas: int, samples: int, shape: Iterable[int], latent: int) -> Need:
    """The samples that an evaluation draws; they lie in the memory of the machine.

    Those of all replicas are kept, and beside them the latents of the one that is drawn from.
    """
    numbers = samples * (replicas * math.prod(shape) + latent)
    settings = "eval.samples, replicas or arch.latent"
    return Need("the samples of an evaluation", numbers * FLOAT, settings)


def held(modules: Iterable[nn.Module], copies: int) -> int:
    """Bytes of the modules' tensors, those that are trained ``copies`` times."""
    return sum(copies * count(each.parameters()) + count(each.buffers()) for each in modules)


def count(tensors: Iterable[Tensor]) -> int:
    """The bytes of some tensors."""
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


def measure_turn(game: Game, batch: int) -> int:
    """How many numbers a turn of a game holds beside its examples: draws and features."""
    drawn = sum(math.prod(draw.shape) for draw in game.draws(batch).values())
    return drawn + batch * game.D.width


def build_without_memory(build: Callable[[], Game]) -> Game | None:
    """A game of tensors that have shapes and no memory; None where it cannot be built so.

    A strategy that must look at numbers to prepare itself stays as it is then.
    """
    with torch.device("meta"), NoDraws(), suppress(Exception):
        game = build()
        for strategy in sorted(game.chain.strategies, key=lambda each: each.copies):
            with suppress(Exception):
                strategy.setup(game, lambda n: torch.empty(n, *game.shape))
        return game
    return None


class NoDraws(TorchFunctionMode):
    """Random numbers have shapes alone: a generator of the CPU draws for no other device."""

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        named = dict(kwargs or {})
        if function in (torch.rand, torch.randn):
            for where in ("generator", "device"):
                named.pop(where, None)
            function = torch.empty
        return function(*args, **named)


def check_needs(needs: list[Need], available: int | None = None, where: str = "here") -> None:
    """Raises UserError where the parts together are larger than the memory that is ``available``.

    By default that is this machine's.
    """
    there = memory() if available is None else available
    total, most = sum(need.bytes for need in needs), max(needs, key=lambda need: need.bytes)
    if total > there:
        raise UserError(
            f"this needs at least {say_bytes(total)} of memory, most of it for "
            f"{most.what}, and there are {say_bytes(there)} {where}: lower "
            f"{most.settings}"
        )

"""Numbers that are not finite stop a replica before its move, and are never saved as good.

NaN or infinity comes from a random turn on. It is in the loss, in a gradient, in the data, in the
latents or in weights. Runs have one or three replicas. The run ends as diverged, with exit code 4,
and status.json says so; every checkpoint there is has finite tensors.
"""

import math
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import torch
from torch import Tensor

from mcgan.engine.draws import TurnDraws
from mcgan.engine.replicas import flatten
from mcgan.engine.trainer import Trainer
from mcgan.gan.game import Game
from mcgan.run import checkpoint
from mcgan.run.directory import RunDirectory
from torture import small

NUMBER, GOAL = "R8", 500
DIVERGED = 4


def tries(draw: Random, place: Path) -> Iterator[object]:
    folder = place / "runs" / "one"
    replicas, step = draw.choice([1, 1, 3]), draw.randint(1, small.STEPS - 1)
    small.whole(f"replicas={replicas}")  # once: what Hydra composes is kept
    poison = draw.choice([math.nan, math.inf, -math.inf])
    where = draw.choice([*PLACES])
    ended = small.train(
        folder, f"replicas={replicas}", prepare=partial(PLACES[where], step, poison)
    )
    run = RunDirectory(folder)
    assert ended.code == DIVERGED, (where, ended)
    assert run.status()["state"] == "diverged"
    for file in checkpoint.files(run.checkpoints):
        check_finite(checkpoint.read(file)[1])
    yield where


def check_finite(state: dict[str, Any]) -> None:
    """The tensors of the games; a window of the log has the bad number, as it should."""
    for name, tensor in flatten(state["trainer"]).items():
        assert bool(tensor.isfinite().all()), name


def from_step(step: int, owner: Any, name: str, spoil: Callable[..., Any]) -> None:
    """From its n-th call on `owner.name` returns what `spoil` makes of its result."""
    function, count = getattr(owner, name), [0]

    def spoiled(*words: Any, **named: Any) -> Any:
        count[0] += 1
        found = function(*words, **named)
        return spoil(found, *words) if count[0] >= step else found

    setattr(owner, name, spoiled)


def spoil_loss(step: int, poison: float) -> None:
    from_step(step, Game, "play", lambda found, *_: (found[0] * poison, found[1]))


def spoil_gradient(step: int, poison: float) -> None:
    """The loss itself stays finite."""
    from_step(step, Game, "play", lambda found, *_: (Poison.apply(found[0], poison), found[1]))


def spoil_data(step: int, poison: float) -> None:
    from_step(step, TurnDraws, "__call__", lambda found, *_: (found[0] * poison, found[1]))


def spoil_latents(step: int, poison: float) -> None:
    from_step(
        step,
        TurnDraws,
        "__call__",
        lambda found, *_: (found[0], {**found[1], "z": found[1]["z"] * poison}),
    )


def spoil_weights(step: int, poison: float) -> None:
    def fill(found: Any, trainer: Trainer) -> Any:
        name = next(name for name in trainer.replicas.tensors if name.startswith("G."))
        trainer.replicas.tensors[name].fill_(poison)
        return found

    from_step(step, Trainer, "step", torch.no_grad()(fill))


class Poison(torch.autograd.Function):
    """The identity, with a poisoned gradient; under vmap too."""

    generate_vmap_rule = True

    @staticmethod
    def forward(loss: Tensor, poison: float) -> Tensor:
        return loss.clone()

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        ctx.poison = inputs[1]

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return gradient * ctx.poison, None


PLACES = {"loss": spoil_loss, "gradient": spoil_gradient, "data": spoil_data,
          "latents": spoil_latents, "weights": spoil_weights}  # fmt: skip

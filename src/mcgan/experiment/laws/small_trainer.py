"""Small trainers for the laws: eager or by torch.func, in any precision."""

from typing import Any

import torch
from torch import Tensor

from mcgan.engine.pure import PureMove
from mcgan.engine.replicas import StackedNetworks, flatten
from mcgan.engine.trainer import Trainer
from mcgan.experiment.components import Components
from mcgan.gan.ranks import ALONE, Ranks
from mcgan.types import Player, Tensors


def make_trainer(
    parts: Components,
    seed: int = 0,
    replicas: int = 1,
    dtype: torch.dtype = torch.float32,
    pure: bool = False,
    compiled: bool = False,
    ranks: Ranks = ALONE,
) -> Trainer:
    """A trainer of the parts of a run; ``pure`` by torch.func also for one network."""
    seeds = [seed + i for i in range(replicas)]
    trainer = Trainer(
        parts.game,
        parts.dataset.draw,
        parts.optim,
        seeds,
        dtype=dtype,
        compiled=compiled or pure,
        ranks=ranks,
    )
    return run_eagerly(trainer) if pure else trainer


def run_eagerly(trainer: Trainer) -> Trainer:
    """A compiled trainer that runs its pure moves as they are, each by itself."""
    trainer.compiled_step = None
    for move in trainer.moves.values():
        assert isinstance(move, PureMove)
        move.run = move.update
    return trainer


def run(trainer: Trainer, steps: int) -> list[tuple[Player, Any]]:
    """The scalars of every turn of some steps."""
    return [seen for _ in range(steps) for seen in trainer.step()]


def copy_state(trainer: Trainer) -> Tensors:
    """All that the next step depends on, copied."""
    return {name: t.clone() for name, t in flatten(trainer.checkpoint()).items()}


def find_changed(before: Tensors, now: Tensors) -> set[str]:
    """The names of the tensors that differ in a bit."""
    return {name for name in before if not torch.equal(before[name], now[name])}


def largest_difference(a: Tensors, b: Tensors) -> float:
    """The largest absolute difference of tensors of the same names."""
    assert a.keys() == b.keys()
    return max((a[n].double() - b[n].double()).abs().max().item() for n in a if a[n].numel())


def state_by_parameter(pure: Trainer) -> dict[str, Any]:
    """The state of the rules of one network as the in-place move holds it."""
    replicas = pure.replicas
    assert isinstance(replicas, StackedNetworks)

    def one(player: str, held: Tensor) -> Tensors:
        owner: Any = player
        if not held.dim():
            return dict.fromkeys(replicas.owned[owner], held)
        return {name: t[0] for name, t in replicas.packed[owner].unpack(held).items()}

    return {
        player: {slot: one(player, each[player]) for slot, each in state.items()}
        for player, state in replicas.state.items()
    }

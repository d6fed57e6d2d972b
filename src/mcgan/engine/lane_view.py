"""One run among the lanes of a trainer, as if it were trained by itself."""

from collections.abc import Mapping
from typing import Any, Protocol

from torch import Tensor
from torch.utils._pytree import tree_map

from mcgan.engine.replicas import Replicas, Single, Stacked, StackedNetworks
from mcgan.engine.trainer import Trainer
from mcgan.gan.game import Game
from mcgan.types import PLAYERS


class Trained(Protocol):
    """What can be looked at, saved and taken up while it trains; a ``Trainer`` is one."""

    @property
    def game(self) -> Game:
        """The game that is trained."""

    @property
    def replicas(self) -> Replicas:
        """The tensors of all its networks."""

    @property
    def count(self) -> int:
        """How many steps were made."""

    def checkpoint(self) -> dict[str, Any]:
        """Everything that training goes on from, for `torch.save`."""

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Takes up what `checkpoint` gave."""


class OneLane(Single):
    """One network of many, in the form of a network that is trained in place; all are views."""

    def __init__(self, many: StackedNetworks, i: int) -> None:
        self.tensors, self.owned, self.alive = many.replica(i), many.owned, many.alive[i]
        self.state = {
            p: {slot: self._name(many, p, each[p], i) for slot, each in state.items()}
            for p, state in many.state.items()
        }

    @staticmethod
    def _name(many: StackedNetworks, player: Any, held: Tensor, i: int) -> dict[str, Tensor]:
        """A tensor of an update rule's state by the names of the parameters; steps are shared."""
        if not held.dim():
            return dict.fromkeys(many.owned[player], held)
        return {name: t[i] for name, t in many.packed[player].unpack(held).items()}


class SomeLanes(Stacked):
    """Some networks of many, stacked as a run of replicas is; all are views."""

    def __init__(self, many: StackedNetworks, rows: slice) -> None:
        self.apart, self.owned, self.alive = many.apart, many.owned, many.alive[rows]
        self.tensors = {name: t[rows] for name, t in many.tensors.items()}
        self.state = {
            p: {
                slot: {name: t[rows] if t.dim() else t for name, t in each.items()}
                for slot, each in many.state[p].items()
            }
            for p in PLAYERS
        }


class LaneView:
    """The lanes ``first`` to ``first + count`` of a trainer, which are the replicas of one run.

    ``alone``: the run by itself would be trained in place, and its checkpoints are of that form.
    """

    def __init__(self, trainer: Trainer, first: int, count: int, alone: bool) -> None:
        many = trainer.replicas
        assert isinstance(many, StackedNetworks)
        self.trainer, self.rows = trainer, slice(first, first + count)
        self.game = trainer.lanes[first].game
        self.replicas: Replicas = (
            OneLane(many, first) if alone and count == 1 else SomeLanes(many, self.rows)
        )

    @property
    def count(self) -> int:
        """The number of steps that were made."""
        return self.trainer.count

    def checkpoint(self) -> dict[str, Any]:
        """That of the run by itself: copied, or the memory of all lanes would be saved."""
        copied: dict[str, Any] = tree_map(Tensor.clone, self.replicas.checkpoint())
        return {"count": self.count, **copied}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take up a checkpoint; all lanes of a trainer must be at the same step."""
        self.replicas.restore(saved)
        self.trainer.count = saved["count"]

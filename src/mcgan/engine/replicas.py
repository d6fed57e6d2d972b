"""The tensors of N games of one kind: parameters, buffers, update-rule state, who still trains."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.func import vmap
from torch.utils._pytree import tree_map

from mcgan.engine.packed import Packed, PackedTensors, pick
from mcgan.gan.game import Game
from mcgan.gan.sampling import any_of
from mcgan.rule import Rule, State
from mcgan.types import PLAYERS, Player, Tensors

Rules = Mapping[Player, Rule]


class Replicas(ABC):
    """The tensors that training changes. Subclasses say how the N games are stored.

    tensors  every parameter and buffer by name: stacked (N, *shape), or (*shape) of one network
    owned    names of the parameters that each player trains
    state    of each player's update rule
    alive    (N,) or (): False from the turn on whose loss or gradient was not finite; from then
             on the replica's tensors stay as they were
    """

    stacked: ClassVar[bool]  # whether tensors, data and scalars have the axis of replicas
    tensors: Tensors
    owned: dict[Player, list[str]]
    state: dict[Player, State]
    alive: Tensor

    @abstractmethod
    def replica(self, i: int) -> Tensors:
        """The tensors of one replica as its game names them: detached views, (*shape)."""

    @abstractmethod
    def for_each(self, function: Callable[..., Any], *given: Tensor) -> Any:
        """``function(tensors, *rows)`` of the first R replicas, results stacked as (R, ...).

        ``given`` are (R, ...): each replica gets its row. ``function`` may differentiate.
        """

    def __len__(self) -> int:
        return self.alive.numel()

    @property
    def like(self) -> Tensor:
        """A tensor of the networks' type on their device: ``x.to(replicas.like)``."""
        return any_of(self.tensors).detach()

    def is_finite(self) -> list[bool]:
        """Per replica, whether all its tensors are: an update can overflow without a bad loss."""
        return [self.find_broken(i) is None for i in range(len(self))]

    def find_broken(self, i: int) -> str | None:
        """The name of the first tensor of replica ``i`` that is not finite; None: all are."""
        tensors = self.replica(i).items()
        return next((name for name, t in tensors if not bool(t.isfinite().all())), None)

    def checkpoint(self) -> dict[str, Any]:
        """All tensors that the next step depends on, not copied."""
        tensors = {name: t.detach() for name, t in self.tensors.items()}
        return {"tensors": tensors, "optim": self.state, "alive": self.alive}

    @torch.no_grad()
    def restore(self, saved: Mapping[str, Any]) -> None:
        """Copy a checkpoint into these tensors. Raises ValueError for another configuration's."""
        now = flatten(self.checkpoint())
        then = flatten({part: saved[part] for part in ("tensors", "optim", "alive")})
        shapes = [{key: t.shape for key, t in each.items()} for each in (now, then)]
        if shapes[0] != shapes[1]:
            odd = next(key for key in now | then if shapes[0].get(key) != shapes[1].get(key))
            raise ValueError(f"the checkpoint is of another configuration: {odd} differs")
        for key, tensor in now.items():
            tensor.copy_(then[key])


class Single(Replicas):
    """The tensors of one network, without an axis of replicas."""

    stacked = False

    def replica(self, i: int) -> Tensors:
        return {name: t.detach() for name, t in self.tensors.items()}

    def for_each(self, function: Callable[..., Any], *given: Tensor) -> Any:
        found = function(self.replica(0), *(each[0] for each in given))
        return tree_map(lambda t: t[None], found)


class OneNetwork(Single):
    """One game, trained in place: ``tensors`` are its own parameters and buffers."""

    def __init__(self, game: Game, rules: Rules) -> None:
        self.tensors = game.tensors()
        self.owned = {p: game.owned(p) for p in PLAYERS}
        self.state = {p: rules[p].start(pick(self.tensors, self.owned[p])) for p in PLAYERS}
        self.alive = torch.tensor(True, device=self.like.device)


class Stacked(Replicas):
    """Tensors with the axis of replicas.

    apart  whether functions are called for one replica after the other: ``vmap`` takes none that
           differentiate by plain autograd
    """

    stacked = True
    apart: bool

    def replica(self, i: int) -> Tensors:
        return {name: t[i] for name, t in self.tensors.items()}

    def for_each(self, function: Callable[..., Any], *given: Tensor) -> Any:
        if self.apart:
            rows = [
                function(self.replica(i), *(each[i] for each in given))
                for i in range(len(given[0]))
            ]
            return tree_map(lambda *found: torch.stack(found), *rows)
        tensors = {name: t[: len(given[0])] for name, t in self.tensors.items()}
        return vmap(function)(tensors, *given)


class StackedNetworks(Stacked):
    """The tensors of N games, stacked.

    parameters  one tensor (N, P) for each player; the parameters in ``tensors`` are views of it
    buffers     all other tensors by name, (N, *shape)
    packed      where each named parameter lies in ``parameters``
    """

    def __init__(self, games: Sequence[Game], rules: Rules, apart: bool = False) -> None:
        self.apart = apart
        each = [game.tensors() for game in games]
        stacked = {n: torch.stack([tensors[n].detach() for tensors in each]) for n in each[0]}
        self.owned = {p: games[0].owned(p) for p in PLAYERS}
        self.packed = {p: Packed(pick(stacked, self.owned[p])) for p in PLAYERS}
        self.parameters: PackedTensors = {p: self.packed[p].pack(stacked) for p in PLAYERS}
        for player, packed in self.packed.items():
            stacked |= packed.unpack(self.parameters[player])
        self.tensors = stacked
        owned = {*self.owned["D"], *self.owned["G"]}
        self.buffers = {name: t for name, t in stacked.items() if name not in owned}
        self.state = {p: rules[p].start({p: self.parameters[p]}) for p in PLAYERS}
        self.alive = torch.ones(len(games), dtype=torch.bool, device=self.like.device)


def flatten(tree: Mapping[str, Any], lead: str = "") -> Tensors:
    """Nested dicts of tensors as one dict, keys joined by '/'; other leaves are left out."""
    found: Tensors = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            found |= flatten(value, f"{lead}{key}/")
        elif isinstance(value, Tensor):
            found[lead + key] = value
    return found

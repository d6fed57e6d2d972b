"""The training step: one network or many replicas, eager or compiled, are the same game."""

import math
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import torch
from torch import Tensor

from mcgan.engine.draws import DrawData, Draws, stream
from mcgan.engine.packed import Packed, pick
from mcgan.engine.pure import InPlaceMove, PureMove, PureStep, Scalars, convolves
from mcgan.gan.autodiff import Classic, Functional
from mcgan.gan.game import Game
from mcgan.optim import Optim
from mcgan.types import PLAYERS, Moment, Player, Tensors


class Trainer:
    """Trains N games of one kind, one for each seed, as one.

    Args: ``build`` makes the game of a seed; ``data`` draws n real examples; ``seeds``, one per
    replica: replica i is the solo run of its seed. ``alive``, () or (N,), turns False when a loss
    or gradient is not finite; from that turn on the replica's tensors stay as they were.
    """

    def __init__(self, build: Callable[[int], Game], data: DrawData, optim: Optim,
                 seeds: list[int], device: str = "cpu", compiled: bool = False,
                 dtype: torch.dtype = torch.float32) -> None:
        games = [build(seed).to(device=device, dtype=dtype) for seed in seeds]
        self.game, self.seeds, self.count, self.data = games[0], seeds, 0, data
        self.device, self.renewers = device, self.game.chain.with_intervals()
        self.stacked = len(seeds) > 1 or compiled or device != "cpu"
        self.apart = device == "cpu" and convolves(self.game)  # gradients one replica at a time
        plain = not compiled and (self.apart or not self.stacked)
        self.game.autodiff = Classic() if plain else Functional()
        self.rules = {p: self.game.chain.update(optim.of(p), p) for p in PLAYERS}
        self.owned = {p: self.game.owned(p) for p in PLAYERS}
        self.alive = torch.ones(len(seeds), dtype=torch.bool, device=device)
        self._stack(games) if self.stacked else self._keep(games[0])
        critic_steps = self.game.objective.critic_steps
        self.turns: list[Player] = [*["D"] * critic_steps, "G"]  # type: ignore[list-item]
        self.draws = Draws(data, self.game.draws(self.game.batch), seeds, self.game.batch,
                           len(self.turns), next(iter(self.tensors.values())).detach(),
                           self.stacked, math.prod(self.game.shape))
        kind = PureMove if self.stacked else InPlaceMove
        self.moves = {p: kind(self, p, compiled) for p in PLAYERS}
        self.whole = PureStep(self, self.moves) if compiled and len(self.turns) == 2 else None

    def step(self) -> list[tuple[Player, Scalars]]:
        """One step: the critic's turns, then one of the generator; the scalars of each."""
        progress = torch.tensor(self.count / self.game.steps, dtype=torch.float32)
        drawn = (self.draws(self.count, turn) for turn in range(len(self.turns)))
        given = [(x, Moment(noise, progress)) for x, noise in drawn]
        seen = self.whole(given) if self.whole else self.in_turns(given)
        self.count += 1
        self.renew()
        return list(zip(self.turns, seen, strict=True))

    def in_turns(self, given: list[tuple[Tensor, Moment]]) -> list[Scalars]:
        """Each player's move after the other's, on what each turn is given."""
        return [self.moves[p](*each) for p, each in zip(self.turns, given, strict=True)]

    @torch.no_grad()
    def renew(self) -> None:
        """The rare moment between steps of the strategies that ask for one, replica by replica."""
        due = [s for s in self.renewers if self.count % s.period == 0]
        for strategy, (i, seed) in product(due, enumerate(self.seeds)):
            data = partial(self._data, stream(seed, f"renew.{strategy.name}", self.count))
            for name, value in strategy.on_interval(self.game, self.replica(i), data).items():
                held = self.tensors[name]
                (held[i] if self.stacked else held).copy_(value)

    def _data(self, generator: torch.Generator, n: int) -> Tensor:
        return self.data(n, generator).to(next(iter(self.tensors.values())))

    def replica(self, i: int) -> Tensors:
        """The tensors of one replica, as a solo game names them."""
        return {n: (t[i] if self.stacked else t).detach() for n, t in self.tensors.items()}

    def sound(self) -> list[bool]:
        """Per replica: are its tensors finite? An update can overflow without a bad loss."""
        alone = [self.replica(i).values() for i in range(len(self.seeds))]
        return [all(bool(t.isfinite().all()) for t in tensors) for tensors in alone]

    def checkpoint(self) -> dict[str, Any]:
        """All that the next step depends on; the random draws are a function of the step."""
        tensors = {name: t.detach() for name, t in self.tensors.items()}
        return {"count": self.count, "tensors": tensors, "optim": self.state, "alive": self.alive}

    @torch.no_grad()
    def restore(self, saved: dict[str, Any]) -> None:
        """Take up a checkpoint of the same configuration; raises ValueError for another's."""
        now, then = flat(self.checkpoint()), flat(saved)
        shapes = [{k: t.shape for k, t in f.items()} for f in (now, then)]
        if shapes[0] != shapes[1]:
            odd = next(k for k in now | then if shapes[0].get(k) != shapes[1].get(k))
            raise ValueError(f"the checkpoint is of another configuration: {odd} differs")
        for key, tensor in now.items():
            tensor.copy_(then[key])
        self.count = saved["count"]

    def _keep(self, game: Game) -> None:
        """Train the game's own tensors."""
        self.tensors, self.alive = game.tensors(), self.alive[0]
        self.state = {p: self.rules[p].start(pick(self.tensors, self.owned[p])) for p in PLAYERS}

    def _stack(self, games: list[Game]) -> None:
        """Train the tensors of all games: each player's parameters lie in one tensor (N, P) of
        ``held``, of which those in ``tensors`` are views; ``rest`` are the buffers."""
        each = [game.tensors() for game in games]
        stacked = {n: torch.stack([tensors[n].detach() for tensors in each]) for n in each[0]}
        self.packed = {p: Packed(pick(stacked, self.owned[p])) for p in PLAYERS}
        self.held = {p: packed.pack(stacked) for p, packed in self.packed.items()}
        for player, packed in self.packed.items():
            stacked |= packed.unpack(self.held[player])
        self.tensors = stacked
        owned = {*self.owned["D"], *self.owned["G"]}
        self.rest = {name: t for name, t in stacked.items() if name not in owned}
        self.state = {p: self.rules[p].start({p: self.held[p]}) for p in PLAYERS}


def flat(tree: dict[str, Any], lead: str = "") -> Tensors:
    """Nested dicts of tensors as one dict, keys joined by '/'; other leaves are left out."""
    found: Tensors = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            found |= flat(value, f"{lead}{key}/")
        elif isinstance(value, Tensor):
            found[lead + key] = value
    return found

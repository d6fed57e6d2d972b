"""The training step: one network or many replicas, eager or compiled, are the same game."""

import math
from collections.abc import Callable, Mapping
from functools import partial
from itertools import product
from typing import Any

import torch
from torch import Tensor

from mcgan.engine import engines
from mcgan.engine.draws import DrawData, TurnDraws, stream
from mcgan.engine.engines import Engine
from mcgan.engine.scalars import Scalars
from mcgan.gan.game import Game
from mcgan.optim import Optim
from mcgan.types import PLAYERS, Moment, Player


class Trainer:
    """Trains N games of one kind, one for each seed, as one.

    Args: ``build`` makes the game of a seed; ``data`` draws n real examples; ``seeds``, one per
    replica: replica i is the solo run of its seed. ``replicas`` are the tensors that it trains.
    """

    def __init__(self, build: Callable[[int], Game], data: DrawData, optim: Optim,
                 seeds: list[int], device: str = "cpu", compiled: bool = False,
                 dtype: torch.dtype = torch.float32) -> None:
        games = [build(seed).to(device=device, dtype=dtype) for seed in seeds]
        self.game, self.seeds, self.data, self.count = games[0], seeds, data, 0
        self.replicas, self.moves, self.compiled_step = self._choose(games, optim, device, compiled)
        self.draws = TurnDraws(self.game.objective, data, self.game.draws(self.game.batch), seeds,
                               self.game.batch, self.replicas.like, self.replicas.stacked,
                               math.prod(self.game.shape))
        self.renewers = self.game.chain.with_intervals()

    def _choose(self, games: list[Game], optim: Optim, device: str, compiled: bool) -> Engine:
        rules = {p: self.game.chain.update(optim.of(p), p) for p in PLAYERS}
        if compiled:
            return engines.build_compiled(games, rules)
        one = len(games) == 1 and device == "cpu"
        return engines.build_in_place(self.game, rules) if one else engines.build_pure(games, rules)

    @property
    def turns(self) -> list[Player]:
        """The players of the next step in their order: the critic's turns, then one of "G"."""
        return self.game.objective.turns(self.count)

    def step(self) -> list[tuple[Player, Scalars]]:
        """One step: the critic's turns, then one of the generator; the scalars of each."""
        turns, share = self.turns, torch.tensor(self.count / self.game.steps, dtype=torch.float32)
        drawn = (self.draws(self.count, turn) for turn in range(len(turns)))
        given = [(x, Moment(noise, share)) for x, noise in drawn]
        seen = self.compiled_step(given) if self.compiled_step else self.take_turns(turns, given)
        self.count += 1
        self.renew()
        return list(zip(turns, seen, strict=True))

    def take_turns(self, turns: list[Player], given: list[tuple[Tensor, Moment]]) -> list[Scalars]:
        """Each player's move after the other's, on what each turn is given."""
        return [self.moves[p](*each) for p, each in zip(turns, given, strict=True)]

    @torch.no_grad()
    def renew(self) -> None:
        """The rare moment between steps of the strategies that ask for one, replica by replica."""
        due = [s for s in self.renewers if self.count % s.period == 0]
        for strategy, (i, seed) in product(due, enumerate(self.seeds)):
            data = partial(self._data, stream(seed, f"renew.{strategy.name}", self.count))
            replica = self.replicas.replica(i)
            for name, value in strategy.on_interval(self.game, replica, data).items():
                replica[name].copy_(value)

    def _data(self, generator: torch.Generator, n: int) -> Tensor:
        return self.data(n, generator).to(self.replicas.like)

    def checkpoint(self) -> dict[str, Any]:
        """All that the next step depends on; the random draws are a function of the step."""
        return {"count": self.count, **self.replicas.checkpoint()}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take up a checkpoint of the same configuration; raises ValueError for another's."""
        self.replicas.restore(saved)
        self.count = saved["count"]

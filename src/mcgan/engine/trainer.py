"""The training step: one network or many replicas, eager or compiled, are the same game."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from mcgan.engine import engines
from mcgan.engine.draws import DrawData, TurnDraws, drawing_device, stream
from mcgan.engine.engines import Engine
from mcgan.engine.group import check_parts, cut_draws, playing
from mcgan.engine.replicas import Rules
from mcgan.engine.scalars import Scalars
from mcgan.gan.game import Game
from mcgan.gan.ranks import ALONE, Ranks
from mcgan.gan.strategy import Strategy
from mcgan.optim import Optim
from mcgan.types import PLAYERS, Moment, Player, Tensors


class Lane(NamedTuple):
    """One network of a trainer: its game, how its players move, its data, its seed."""

    game: Game
    rules: Rules
    data: DrawData
    seed: int


def make_lane(game: Game, optim: Optim, data: DrawData, seed: int) -> Lane:
    """The lane of a game whose players move by ``optim``, as the game's strategies want it."""
    rules = {p: game.chain.update(optim.of(p), p) for p in PLAYERS}
    return Lane(game, rules, data, seed)


class Trainer:
    """Trains N games of one kind, one for each seed, as one.

    Args: ``build`` makes the game of a seed; ``data`` draws n real examples by a generator, on its
    device; ``seeds``, one per replica: replica i is the solo run of its seed; ``ranks``, the
    processes that train them, each by its part of every batch. ``replicas`` are the tensors that
    it trains.
    """

    def __init__(
        self,
        build: Callable[[int], Game],
        data: DrawData,
        optim: Optim,
        seeds: list[int],
        device: str = "cpu",
        compiled: bool = False,
        dtype: torch.dtype = torch.float32,
        ranks: Ranks = ALONE,
    ) -> None:
        games = [build(seed).to(device=device, dtype=dtype) for seed in seeds]
        first = make_lane(games[0], optim, data, seeds[0])
        self._take(
            [first._replace(seed=seed) for seed in seeds],
            self._choose(games, first.rules, device, compiled, ranks),
            ranks,
        )

    def _choose(
        self, games: list[Game], rules: Rules, device: str, compiled: bool, ranks: Ranks
    ) -> Engine:
        if compiled:
            return engines.build_compiled(games, rules)
        if len(games) == 1 and device == "cpu":
            return engines.build_in_place(games[0], rules, ranks)
        return engines.build_pure(games, rules, ranks=ranks)

    def _take(self, lanes: Sequence[Lane], engine: Engine, ranks: Ranks = ALONE) -> None:
        """Trains these lanes by this engine, from step 0."""
        self.lanes, self.game, self.count = lanes, lanes[0].game, 0
        self.ranks = ranks
        check_parts(self.game, ranks)
        self.seeds = [lane.seed for lane in lanes]
        self.replicas, self.moves, self.compiled_step = engine
        self.draws = TurnDraws(
            self.game.objective,
            [lane.data for lane in lanes],
            self.game.draws(self.game.batch),
            self.seeds,
            self.game.batch,
            self.replicas.like,
            self.replicas.stacked,
            math.prod(self.game.shape),
            cut_draws(self.game, ranks),
        )

    @property
    def turns(self) -> list[Player]:
        """The players of the next step in their order: the critic's turns, then one of "G"."""
        return self.game.objective.turns(self.count)

    def step(self) -> list[tuple[Player, Scalars]]:
        """One step: the critic's turns, then one of the generator; the scalars of each."""
        turns, share = self.turns, self.progress()
        drawn = (self.draws(self.count, turn) for turn in range(len(turns)))
        given = [(x, Moment(noise, share)) for x, noise in drawn]
        with playing(self.game, self.ranks):
            seen = self.take_turns(turns, given)
        self.count += 1
        self.renew()
        return list(zip(turns, seen, strict=True))

    def progress(self) -> Tensor:
        """The share of the run that is done, (), as exact as the networks and beside them.

        It is filled in there: a copy from the host would wait for a GPU.
        """
        return self.replicas.like.new_full((), self.count / self.game.steps)

    def take_turns(self, turns: list[Player], given: list[tuple[Tensor, Moment]]) -> list[Scalars]:
        """Each player's move after the other's, on what each turn is given."""
        if self.compiled_step:
            return self.compiled_step(given)
        return [self.moves[p](*each) for p, each in zip(turns, given, strict=True)]

    def renew(self) -> None:
        """The rare moment between steps of the strategies that ask for one, replica by replica."""
        if any(self._is_due(strategy) for strategy in self.game.chain.with_intervals()):
            for i, lane in enumerate(self.lanes):  # whose strategies are due at the same steps
                self._renew(lane, self.replicas.replica(i))

    @torch.no_grad()
    def _renew(self, lane: Lane, replica: Tensors) -> None:
        for strategy in filter(self._is_due, lane.game.chain.with_intervals()):
            data = self._data(lane, f"renew.{strategy.name}")
            new = strategy.on_interval(lane.game, replica, data)
            for name, value in self.ranks.first(new).items():
                replica[name].copy_(value)

    def _is_due(self, strategy: Strategy) -> bool:
        return self.count % strategy.period == 0

    def _data(self, lane: Lane, name: str) -> Callable[[int], Tensor]:
        """Draws real examples of a lane from its stream of this name."""
        like = self.replicas.like
        generator = stream(lane.seed, name, self.count, drawing_device(like))
        return lambda n: lane.data(n, generator).to(like)

    def follow_first(self) -> None:
        """Take up the state of the first of the processes that train together."""
        self.restore(self.ranks.first(self.checkpoint()))

    def checkpoint(self) -> dict[str, Any]:
        """All that the next step depends on; the random draws are a function of the step."""
        return {"count": self.count, **self.replicas.checkpoint()}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take up a checkpoint of the same configuration; raises ValueError for another's."""
        self.replicas.restore(saved)
        self.count = saved["count"]

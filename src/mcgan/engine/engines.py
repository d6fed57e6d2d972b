"""The ways to compute a step, and which of them a trainer takes."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from mcgan.engine.compiled import PureStep
from mcgan.engine.in_place import InPlaceMove
from mcgan.engine.lane_numbers import ALIKE, Differences
from mcgan.engine.packaged import compile_run
from mcgan.engine.pure import PureMove
from mcgan.engine.replicas import OneNetwork, Replicas, Rules, StackedNetworks
from mcgan.engine.scalars import Scalars
from mcgan.gan.autodiff import Classic, Functional
from mcgan.gan.game import Game
from mcgan.gan.ranks import ALONE, Ranks
from mcgan.types import PLAYERS, Moment, Player

Move = Callable[[Tensor, Moment], Scalars]  # data and moment of a turn -> what it measured


class Engine(NamedTuple):
    """The tensors that are trained, and what trains them."""

    replicas: Replicas
    moves: dict[Player, Move]
    step: PureStep | None  # all turns of a step as one graph, where there is such a graph


def build_in_place(game: Game, rules: Rules, ranks: Ranks = ALONE) -> Engine:
    """One network, eager, on the CPU: plain autograd on its own parameters."""
    game.autodiff = Classic()
    replicas = OneNetwork(game, rules)
    moves: dict[Player, Move] = {
        p: InPlaceMove(game, replicas, rules[p], p, ranks) for p in PLAYERS
    }
    return Engine(replicas, moves, None)


def build_pure(
    games: Sequence[Game], rules: Rules, differences: Differences = ALIKE, ranks: Ranks = ALONE
) -> Engine:
    """N networks, eager. Several processes differentiate apart: messages are not vmapped."""
    apart = ranks.size > 1 or differentiates_apart(games[0])
    games[0].autodiff = Classic() if apart else Functional()
    replicas = StackedNetworks(games, rules, apart)
    moves: dict[Player, Move] = {
        p: PureMove(games[0], replicas, rules[p], p, apart, differences, ranks) for p in PLAYERS
    }
    return Engine(replicas, moves, None)


def build_compiled(games: Sequence[Game], rules: Rules, differences: Differences = ALIKE) -> Engine:
    """N networks, compiled at the first step. A step of two turns is one graph.

    Other orders are a graph for each player: one graph would hold the critic's many times over,
    and steps of other turns would each want a graph of their own. On the CPU a graph is of one
    network and called for each, unless several threads share the work of all networks.
    """
    game, replicas = games[0], StackedNetworks(games, rules)
    game.autodiff = Functional()
    apart = differentiates_apart(game)
    moves = {p: PureMove(game, replicas, rules[p], p, apart, differences) for p in PLAYERS}
    step = PureStep(replicas, [moves["D"], moves["G"]]) if always_alternates(game) else None
    compiled: list[PureMove | PureStep] = [*moves.values(), *([step] if step else [])]
    size = 1 if apart or torch.get_num_threads() == 1 else len(games)
    for each in compiled:
        each.run = compile_run(each.update, each.parts, replicas.like.device, size)
    return Engine(replicas, {**moves}, step)


def always_alternates(game: Game) -> bool:
    """Whether every step of the run is one turn of D and one of G."""
    return all(game.objective.turns(step) == ["D", "G"] for step in range(game.steps))


def differentiates_apart(game: Game) -> bool:
    """Whether replicas are differentiated one by one: with convolutions on the CPU."""
    convolves = any(isinstance(m, nn.modules.conv._ConvNd) for m in game.modules())
    return convolves and next(game.parameters()).device.type == "cpu"

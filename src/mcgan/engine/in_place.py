"""A move by plain autograd on the game's own parameters: one network, eager, on the CPU.

In an eager loop of small networks ``torch.func`` and the copies of a pure move take much of the
time. A law holds this move and ``engine/pure.py`` equal.
"""

import torch
from torch import Tensor

from mcgan.engine.packed import pick
from mcgan.engine.replicas import OneNetwork
from mcgan.engine.scalars import Scalars, stack_scalars
from mcgan.gan.game import Game
from mcgan.gan.ranks import ALONE, Ranks, mean_over, whole_report
from mcgan.gan.strategy import Strategy
from mcgan.rule import Rule
from mcgan.types import Moment, Player, Report, Tensors


class InPlaceMove:
    """One player's move: the gradient of its loss, an update, and what strategies do after it."""

    def __init__(
        self, game: Game, replicas: OneNetwork, rule: Rule, player: Player, ranks: Ranks = ALONE
    ) -> None:
        self.game, self.player, self.rule, self.ranks = game, player, rule, ranks
        self.tensors, self.state = replicas.tensors, replicas.state[player]
        self.then = game.chain.having(Strategy.after)
        self.alive, self.mine = replicas.alive, pick(replicas.tensors, replicas.owned[player])

    def __call__(self, x: Tensor, moment: Moment) -> Scalars:
        """The turn's scalars, () each. The tensors stay as they are if one is not finite."""
        grads, report = self.game.autodiff.of_loss(
            lambda _: self.game.play(self.player, x, moment), self.mine
        )
        grads, scalars = mean_over(self.ranks, grads, report.scalars)
        report = whole_report(self.ranks, report) if self.then else report
        norms = torch.stack([torch.linalg.vector_norm(g) for g in grads.values()])
        names, rows = stack_scalars(scalars, torch.linalg.vector_norm(norms))
        self.alive &= rows.isfinite().all()
        if self.alive:
            self._update(report, grads)
        return Scalars(names, rows)

    @torch.no_grad()
    def _update(self, report: Report, grads: Tensors) -> None:
        self.rule.step_(self.mine, grads, self.state, report.moment.progress)
        changed = self.game.chain.after(self.player, self.tensors, report, grads)
        for name, value in changed.items():
            self.tensors[name].copy_(value)

"""Historical averaging (Salimans et al. 2016, section 3.3): fictitious play in the weights."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor

from mcgan.config.settings import AtLeast, Scheduled
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.types import PLAYERS, Player, Report, Tensors


@dataclass(eq=False, repr=False)
class HistoricalAveraging(Strategy):
    """Each player adds weight * |theta - 1/t sum_s theta_s|^2, s from the start to now."""

    weight: Annotated[Any, Scheduled, AtLeast(0)] = 0.01
    off: ClassVar[dict[str, Any]] = {"weight": 0.0}
    copies: ClassVar[bool] = True

    def setup(self, game: Game, data: object) -> None:
        weights = dict(game.named_parameters())
        self.means: dict[Player, dict[str, str]] = {}
        for player in PLAYERS:
            names = game.owned(player)
            self.means[player] = {n: f"mean__{n}".replace(".", "__") for n in names}
            for name, own in self.means[player].items():
                self.register_buffer(own, weights[name].detach().clone())
            self.register_buffer(f"count_{player}", torch.ones(()))

    def d_term(self, turn: Turn) -> Tensor | None:
        return self._away(turn, "D") if turn.main else None

    def g_term(self, turn: Turn) -> Tensor:
        return self._away(turn, "G")

    def _away(self, turn: Turn, player: Player) -> Tensor:
        now, means = turn.params(player), self.means[player]
        away = [(now[name] - getattr(self, own)).square().sum() for name, own in means.items()]
        return turn.moment.now(self.weight) * torch.stack(away).sum()

    def after(self, player: Player, tensors: Tensors, report: Report, grads: Tensors) -> Tensors:
        count = self.key(f"count_{player}")
        new = {count: tensors[count] + 1}
        for name, own in self.means[player].items():
            new[self.key(own)] = torch.lerp(tensors[self.key(own)], tensors[name], 1 / new[count])
        return new

"""Historical averaging (Salimans et al. 2016, section 3.3): fictitious play in the weights."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor

from mcgan.blocks.weight_copy import WeightCopy, weights_of
from mcgan.config.settings import AtLeast, Scheduled
from mcgan.functional import historical_averaging
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
        self.means: dict[Player, WeightCopy] = {}
        for player in PLAYERS:
            self.means[player] = WeightCopy(self, "mean", weights_of(game, game.owned(player)))
            self.register_buffer(f"count_{player}", torch.ones(()))

    def d_term(self, turn: Turn) -> Tensor | None:
        return self._away(turn, "D") if turn.main else None

    def g_term(self, turn: Turn) -> Tensor:
        return self._away(turn, "G")

    def _away(self, turn: Turn, player: Player) -> Tensor:
        now, means = turn.params(player), self.means[player].current()
        pairs = [(now[name], mean) for name, mean in means.items()]
        return turn.moment.now(self.weight) * historical_averaging(*zip(*pairs, strict=True))

    def after(self, player: Player, tensors: Tensors, report: Report, grads: Tensors) -> Tensors:
        count = self.key(f"count_{player}")
        seen, means = tensors[count] + 1, self.means[player]
        moved = {
            name: torch.lerp(mean, tensors[name], 1 / seen)
            for name, mean in means.read(tensors).items()
        }
        return {**means.write(moved), count: seen}

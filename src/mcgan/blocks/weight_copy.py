"""Copies of weights that a strategy keeps: an average, an anchor, or earlier weights."""

from torch import Tensor

from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.types import Tensors


class WeightCopy:
    """A copy of some weights as buffers of a strategy, so that checkpoints hold it.

    The copy of kind 'mean' of 'G.net.0.weight' is the buffer 'mean__G__net__0__weight', since a
    buffer's name may have no dot. ``buffers`` says it for each weight.
    """

    def __init__(self, strategy: Strategy, kind: str, weights: Tensors) -> None:
        self._strategy = strategy
        self.buffers = {name: f"{kind}__{name}".replace(".", "__") for name in weights}
        for name, weight in weights.items():
            strategy.register_buffer(self.buffers[name], weight.detach().clone())

    def current(self) -> Tensors:
        """The copy by the weights' names, as it is in this turn."""
        return {name: self._strategy.get_buffer(own) for name, own in self.buffers.items()}

    def read(self, tensors: Tensors) -> Tensors:
        """The copy by the weights' names, from all tensors of a game."""
        return {name: tensors[self._strategy.key(own)] for name, own in self.buffers.items()}

    def write(self, weights: Tensors) -> Tensors:
        """New values for the copy, by the full names that ``after`` and ``on_interval`` return."""
        return {self._strategy.key(own): weights[name] for name, own in self.buffers.items()}


def weights_of(game: Game, names: list[str]) -> dict[str, Tensor]:
    """Parameters of a game by their full names."""
    weights = dict(game.named_parameters())
    return {name: weights[name] for name in names}

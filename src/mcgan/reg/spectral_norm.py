"""Spectral normalisation of the critic (Miyato et al. 2018, algorithm 1)."""

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor, nn

from mcgan.blocks.references import References
from mcgan.functional import power_iteration
from mcgan.gan.compatibility import forbid_batch_norm
from mcgan.gan.game import Game, MakeCritic
from mcgan.gan.networks import Critic
from mcgan.gan.strategy import Strategy
from mcgan.types import Player, Report, Tensors

Layer = nn.Linear | nn.Conv2d


def find_top_direction(weight: Tensor) -> Tensor:
    """The left singular vector (out,) of the largest singular value of W (out, rest)."""
    left: Tensor = torch.linalg.svd(weight.detach().flatten(1), full_matrices=False).U
    return left[:, 0].contiguous()


@dataclass(eq=False, repr=False)
class SpectralNorm(Strategy):
    """W / sigma for W (out, rest) of every linear and convolutional layer of trunk and head.

    sigma = |W^T u|, u a buffer: exact at the start, and after each turn of D one step of power
    iteration. Its gradient is the paper's u v^T. ``scale=learned``: times a trained factor each.
    """

    scale: Literal["fixed", "learned"] = "fixed"
    owner: ClassVar[Player] = "D"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._critics, self._layers = References[Critic](), References[Layer]()

    def discriminator(self, make: MakeCritic) -> MakeCritic:
        def build(shape: tuple[int, ...]) -> Critic:
            critic = self._critics.add(make(shape))
            for layer in critic.trunk.modules():
                self._normalise(layer)
            return critic

        return build

    def setup(self, game: Game, data: Any) -> None:
        forbid_batch_norm(game, "it rescales what the spectral norm bounds")
        for critic in self._critics:  # once more, since strategies may add to a critic in setup
            for layer in critic.trunk.modules():
                self._normalise(layer)
            self._normalise(critic.head)  # not before: strategies that extend a critic replace it
        names: dict[Tensor, str] = {weight: name for name, weight in game.named_parameters()}
        if any(layer.weight not in names for layer in self._layers):
            raise ValueError(
                "the game does not hold a critic's layers as they were built: "
                "put this last among the strategies of 'reg'"
            )
        if not all(layer.weight.any() for layer in self._layers):
            raise ValueError(
                "a layer of the critic starts with weights of zero, and no norm of "
                "these can be divided by: choose nets without such layers"
            )
        self._names = [names[layer.weight] for layer in self._layers]
        for i, layer in enumerate(self._layers):  # a strategy may have drawn weights anew in setup
            self.register_buffer(f"u_{i}", find_top_direction(layer.weight))

    def _normalise(self, layer: nn.Module) -> None:
        if not isinstance(layer, Layer) or hasattr(layer, "normalised"):
            return
        i = len(self._layers)
        self._layers.add(layer)
        layer.normalised = True  # type: ignore[assignment]  # for who would bound it otherwise
        self.register_buffer(f"u_{i}", find_top_direction(layer.weight))
        if self.scale == "learned":
            self.register_parameter(f"factor_{i}", nn.Parameter(torch.ones(())))
        layer.register_forward_hook(partial(self._divide_by_norm, i))

    def _divide_by_norm(self, i: int, layer: Layer, given: Any, out: Tensor) -> Tensor:
        """The output of a layer with its weight normalised, from its output without."""
        u = self.get_buffer(f"u_{i}")
        share: Tensor = 1 / torch.linalg.vector_norm(layer.weight.flatten(1).T @ u)
        if self.scale == "learned":
            factor: Tensor = getattr(self, f"factor_{i}")
            share = share * factor
        if layer.bias is None:
            return out * share
        bias = layer.bias.reshape(-1, *(1,) * (out.dim() - 2))
        return (out - bias) * share + bias

    def after(self, player: Player, tensors: Tensors, report: Report, grads: Tensors) -> Tensors:
        if player == "G":
            return {}
        keys = [self.key(f"u_{i}") for i in range(len(self._names))]
        pairs = zip(keys, self._names, strict=True)
        return {key: power_iteration(tensors[name].flatten(1), tensors[key]) for key, name in pairs}

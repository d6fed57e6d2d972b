"""Minibatch discrimination (Salimans et al. 2016, section 3.2): D sees how alike a batch is."""

from dataclasses import dataclass
from functools import reduce
from typing import Annotated, Any, Literal

import torch
from torch import Tensor, nn

from mcgan.config.settings import AtLeast
from mcgan.gan.compatibility import forbid_batch_norm
from mcgan.gan.game import Game, MakeCritic
from mcgan.gan.networks import Critic
from mcgan.gan.strategy import Strategy

FEW = 8  # dimensions


class Closeness(nn.Module):
    """features (B, F) -> (B, K): how close each example is to the rest of its batch.

    M_i = s * T f_i in K kernels of C dimensions; c_k(i, j) = exp(-|M_ik - M_jk|_1), summed over
    j != i; with ``l1`` the plain distances instead, averaged over j. T is the identity, K = 1, in
    the scalar form. s is learned, and calibrated on data so that the layer is not dead at the
    start: the mean distance to the nearest other is 1 (``exp``), or the mean distance is (``l1``).
    """

    def __init__(self, width: int, form: str, similarity: str, kernels: int, dims: int) -> None:
        super().__init__()
        self.similarity = similarity
        self.kernels = kernels if form == "tensor" else 1
        tensor = form == "tensor"
        self.project = nn.Linear(width, kernels * dims, bias=False) if tensor else None
        self.log_scale = nn.Parameter(torch.zeros(self.kernels))

    def forward(self, features: Tensor) -> Tensor:
        away, count = self.distances(features), len(features)
        if self.similarity == "l1":
            return away.sum(2).T / (count - 1)
        others = 1 - torch.eye(count, dtype=away.dtype, device=away.device)
        return (torch.exp(-away) * others).sum(2).T

    def distances(self, features: Tensor) -> Tensor:
        """L1 distances of all pairs, (K, B, B). With the batch last, already in the product, pairs
        lie as a processor's vectors want them. Few dimensions are added one by one, so that no
        compiled kernel holds pairs in all of them."""
        m = features.T if self.project is None else self.project.weight @ features.T
        m = m.unflatten(0, (self.kernels, -1)) * self.log_scale.exp().reshape(-1, 1, 1)  # (K, C, B)
        if m.shape[1] > FEW:
            return (m.unsqueeze(2) - m.unsqueeze(3)).abs().sum(1)
        each = [(a.unsqueeze(1) - a.unsqueeze(2)).abs() for a in m.unbind(1)]
        return reduce(torch.add, each)

    @torch.no_grad()
    def calibrate(self, features: Tensor) -> None:
        away = self.distances(features)
        nearest = (away + 1e6 * torch.eye(len(features))).amin(2).T
        typical = nearest if self.similarity == "exp" else self.forward(features)
        self.log_scale.sub_(typical.mean(0).clamp(min=1e-6).log())


@dataclass(eq=False, repr=False)
class Minibatch(Strategy):
    """The critic's head also gets each example's closeness to the others of its batch.

    ``form=tensor`` is Salimans' kernel tensor (``kernels`` of ``dims`` dimensions), ``scalar``
    one number b(x_i) from the features as they are. Real and fake are judged in separate batches.
    """

    form: Literal["scalar", "tensor"] = "tensor"
    kernels: Annotated[int, AtLeast(1)] = 16
    dims: Annotated[int, AtLeast(1)] = 4
    similarity: Literal["exp", "l1"] = "exp"

    def discriminator(self, make: MakeCritic) -> MakeCritic:
        def wider(shape: tuple[int, ...]) -> Critic:
            critic = make(shape)
            critic.judges_batches = True
            layer = Closeness(critic.width, self.form, self.similarity, self.kernels, self.dims)
            return critic.extend(layer, layer.kernels)
        return wider

    def setup(self, game: Game, data: Any) -> None:
        if game.batch < 2:
            raise ValueError("compares examples of a batch: take train.batch_size=2 or more")
        forbid_batch_norm(game, "minibatch discrimination")
        layers = [module for module in game.modules() if isinstance(module, Closeness)]
        hooks = [layer.register_forward_pre_hook(calibrate) for layer in layers]
        x = data(game.batch)
        for critic in game.critics():
            critic(x)
        for hook in hooks:
            hook.remove()


def calibrate(layer: nn.Module, features: tuple[Tensor]) -> None:
    layer.calibrate(*features)  # type: ignore[operator]

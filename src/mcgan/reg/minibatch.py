"""Minibatch discrimination (Salimans et al. 2016, section 3.2): D sees how alike a batch is."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import torch
from torch import Tensor, nn

from mcgan.config.settings import AtLeast
from mcgan.functional import closeness, kernel_distances
from mcgan.gan.compatibility import forbid_batch_norm
from mcgan.gan.game import Game, MakeCritic
from mcgan.gan.networks import Critic
from mcgan.gan.strategy import Strategy


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
        return closeness(self.distances(features), self.similarity)

    def distances(self, features: Tensor) -> Tensor:
        """L1 distances of all pairs, (K, B, B)."""
        tensor = None if self.project is None else self.project.weight.unflatten(
            0, (self.kernels, -1))
        return kernel_distances(features, tensor, self.log_scale.exp())

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
        def build(shape: tuple[int, ...]) -> Critic:
            critic = make(shape)
            critic.judges_batches = critic.has_cross_terms = True
            layer = Closeness(critic.width, self.form, self.similarity, self.kernels, self.dims)
            return critic.extend(layer, layer.kernels)
        return build

    def setup(self, game: Game, data: Any) -> None:
        if game.batch < 2:
            raise ValueError("compares examples of a batch: take train.batch_size=2 or more")
        forbid_batch_norm(game, "minibatch discrimination")
        x = data(game.batch)
        for critic in game.critics():
            calibrate(critic, x)


@torch.no_grad()
def calibrate(critic: Critic, x: Tensor) -> None:
    """Calibrates a critic's layers of this kind on real data x (B, *S)."""
    features = critic.trunk(x)
    for layer in critic.neck:
        if isinstance(layer, Closeness):
            layer.calibrate(features)

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

NEAR, FAR = 1e-6, 1e6  # distances: that of equal features, and one that is nobody's nearest


class Closeness(nn.Module):
    """features (B, F) -> (B, K): how close each example is to the rest of its batch.

    M_i = s * T f_i in K kernels of C dimensions; c_k(i, j) = exp(-|M_ik - M_jk|_1), averaged over
    j != i, or with ``l1`` the plain distances; less ``centre``, the mean on data at the start. T is
    the identity, K = 1, in the scalar form. s is learned, and begins as ``calibrate`` sets it.
    """

    centre: Tensor

    def __init__(self, width: int, form: str, similarity: str, kernels: int, dims: int) -> None:
        super().__init__()
        self.similarity = similarity
        self.kernels = kernels if form == "tensor" else 1
        tensor = form == "tensor"
        self.project = nn.Linear(width, kernels * dims, bias=False) if tensor else None
        self.log_scale = nn.Parameter(torch.zeros(self.kernels))
        self.register_buffer("centre", torch.zeros(self.kernels))

    def forward(self, features: Tensor) -> Tensor:
        """How close each example is to its batch, by each kernel: (B, n) -> (B, kernels)."""
        return closeness(self.distances(features), self.similarity) - self.centre

    def distances(self, features: Tensor) -> Tensor:
        """L1 distances of all pairs, (K, B, B)."""
        tensor = (
            None if self.project is None else self.project.weight.unflatten(0, (self.kernels, -1))
        )
        return kernel_distances(features, tensor, self.log_scale.exp())

    @torch.no_grad()
    def calibrate(self, features: Tensor, by: str) -> None:
        """Makes the ``mean`` distance of real features 1, or that to the ``nearest`` other 2."""
        away, count = self.distances(features), len(features)
        if by == "mean":
            typical = away.sum((1, 2)) / (count * (count - 1))
        else:
            typical = (away + FAR * torch.eye(count)).amin(2).mean(1) / 2
        self.log_scale.sub_(typical.clamp(min=NEAR).log())
        self.centre.add_(self.forward(features).mean(0))


@dataclass(eq=False, repr=False)
class Minibatch(Strategy):
    """The critic's head also gets each example's closeness to the others of its batch.

    ``form=tensor`` is Salimans' kernel tensor (``kernels`` of ``dims`` dimensions), ``scalar``
    one number b(x_i) from the features as they are. Real and fake are judged in separate batches.
    Distances begin with a scale at which their ``mean`` on data is 1. Then closeness tells how a
    batch is spread. With ``nearest``, as in the authors' code, it tells local density.
    """

    form: Literal["scalar", "tensor"] = "tensor"
    kernels: Annotated[int, AtLeast(1)] = 16
    dims: Annotated[int, AtLeast(1)] = 4
    similarity: Literal["exp", "l1"] = "exp"
    calibrate: Literal["mean", "nearest"] = "mean"

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
            calibrate(critic, x, self.calibrate)


@torch.no_grad()
def calibrate(critic: Critic, x: Tensor, by: str) -> None:
    """Calibrates a critic's layers of this kind on real data x (B, *S)."""
    features = critic.trunk(x)
    for layer in critic.neck:
        if isinstance(layer, Closeness):
            layer.calibrate(features, by)

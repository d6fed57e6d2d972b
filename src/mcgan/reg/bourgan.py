"""BourGAN: latents that mirror the distances between data (Xiao et al. 2018, section 3)."""

import math
from dataclasses import dataclass
from typing import Annotated, Any

import torch
from torch import Tensor

from mcgan.blocks.latents import check_draws_alone, one_hot, pick_evenly
from mcgan.config.settings import AtLeast, Scheduled
from mcgan.functional import bourgan
from mcgan.gan.game import Game, MakeGenerator
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.types import Draw, Moment, Sample

SHARE = 0.5  # p: the subsets of scale i hold a share p^i of the points


@dataclass(eq=False, repr=False)
class BourGAN(Strategy):
    """z = e_i + spread * eps, e_i the embedding of a real example, of ``points`` that are kept.

    Bourgain's embedding is the distance of x to random subsets, ``tries`` of each of log2(points)
    sizes; here centred and scaled to unit standard deviation. G: + weight * mean of
    (log |y1 - y2| - log(s |z1 - z2|))^2 over neighbours in the batch, s the geometric mean ratio of
    distances of data to those of embeddings. Preparing it takes points^2 distances.
    """

    points: Annotated[int, AtLeast(2)] = 512
    tries: Annotated[int, AtLeast(1)] = 5
    spread: Annotated[Any, Scheduled, AtLeast(0)] = 0.01
    weight: Annotated[Any, Scheduled, AtLeast(0)] = 0.1

    def __post_init__(self) -> None:
        super().__post_init__()
        self.scales = math.ceil(math.log2(self.points))
        self.width = self.scales * self.tries

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        return {"pick": Draw((batch,)), "eps": Draw((batch, self.width), "normal")}

    def generator(self, make: MakeGenerator) -> MakeGenerator:
        self.register_buffer("table", torch.zeros(self.points, self.width))
        return lambda latent: make(latent - self.z_width + self.width)

    def setup(self, game: Game, data: Any) -> None:
        check_draws_alone(self, game)
        self.channels = game.shape[0]
        if game.batch < 2:
            raise ValueError("compares neighbours in a batch: take train.batch_size=2 or more")
        x = data(self.points).flatten(1)
        away = torch.cdist(x, x)
        draws = Draw((self.scales, self.tries, self.points)).sample((), torch.default_generator)
        embedded = embedding(away, subsets(draws))
        table = (embedded - embedded.mean(0)) / embedded.std(0).square().mean().sqrt()
        self.register_buffer("table", table)
        self.register_buffer("log_s", log_ratio(away, torch.cdist(table, table)))

    def latent(self, sample: Sample, moment: Moment) -> Sample:
        eps = self.get_noise(moment, "eps")
        index = pick_evenly(self.get_noise(moment, "pick"), self.points)
        pick = one_hot(index, self.points, eps)
        z = pick @ self.get_buffer("table") + moment.now(self.spread) * eps
        return sample._replace(z=torch.cat([z, sample.z[:, self.z_width :]], 1))

    def g_term(self, turn: Turn) -> Tensor:
        x = turn.whole(turn.fake.x[:, : self.channels])  # without a code beside it
        z = turn.whole(turn.fake.z[:, : self.width])
        return turn.moment.now(self.weight) * bourgan(x, z, self.get_buffer("log_s"))


def subsets(draws: Tensor) -> Tensor:
    """Uniform draws (scales, tries, n) -> bool: in scale i the n p^i points of smallest draws."""
    scales, _, count = draws.shape
    ranks = draws.argsort(2).argsort(2)
    sizes = [max(1, round(count * SHARE**i)) for i in range(1, scales + 1)]
    return ranks < torch.tensor(sizes).reshape(-1, 1, 1)


def embedding(away: Tensor, members: Tensor) -> Tensor:
    """Distances (n, n) and subsets (scales, tries, n) -> (n, scales * tries) to the nearest."""
    near = [away[:, subset].amin(1) for subset in members.flatten(0, 1)]
    return torch.stack(near, 1)


def log_ratio(far: Tensor, near: Tensor) -> Tensor:
    """The mean of log(far / near) over pairs (n, n) at some distance in both."""
    apart = (far > 0) & (near > 0)
    return (far[apart] / near[apart]).log().mean()

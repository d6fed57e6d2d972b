"""What strategies that change the latents share."""

import torch
from torch import Tensor

from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.types import Sample


def one_hot(index: Tensor, count: int, like: Tensor) -> Tensor:
    """(B,) -> (B, count) in the type of ``like``; a row of zeros for an index below 0.

    Rows of a table are picked by a product with it: gradients of rows picked by index add up in no
    fixed order.
    """
    return (index.unsqueeze(1) == torch.arange(count, device=index.device)).to(like.dtype)


def even(draw: Tensor, count: int) -> Tensor:
    """Uniform draws (B,) -> (B,) int64, evenly from 0 to count - 1."""
    return (draw * count).long().clamp(max=count - 1)


def others(strategy: Strategy, game: Game) -> tuple[Tensor, Sample]:
    """Latents (B, Z) as they are drawn, and what the other strategies make of them."""
    moment = game.moment(game.batch, torch.Generator())
    z = moment.noise["z"]
    sample = Sample(z, z, torch.zeros_like(z[:, 0], dtype=torch.int64))
    for other in game.chain.strategies:
        sample = sample if other is strategy else other.latent(sample, moment)
    return z, sample


def draws_alone(strategy: Strategy, game: Game) -> None:
    """Raises ValueError where another strategy, too, says how the latents are distributed."""
    z, made = others(strategy, game)
    if not torch.equal(made.z[:, : strategy.z_width], z):
        raise ValueError("says how the latents are distributed, and another strategy does so too: "
                         "use one of the two")

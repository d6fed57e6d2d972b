"""Picks by uniform draws, and checks, for strategies that change the latents."""

import torch
from torch import Tensor

from mcgan.gan.compatibility import claim_log_ratio
from mcgan.gan.game import Game
from mcgan.gan.networks import batch_normalised
from mcgan.gan.strategy import Strategy
from mcgan.types import Sample, start_sample

EDGE = 1e-6  # uniform draws stay this far from 0 and 1, where Gumbel noise has none


def one_hot(index: Tensor, count: int, like: Tensor) -> Tensor:
    """Rows (B, count) with a 1 at the index (B,), in the type of ``like``; zeros for index < 0.

    Multiply a table by them to pick its rows: gradients of rows that an index picks are added in
    no fixed order.
    """
    return (index.unsqueeze(1) == torch.arange(count, device=index.device)).to(like.dtype)


def pick_evenly(draw: Tensor, count: int | Tensor) -> Tensor:
    """Numbers from 0 to count - 1, int64, evenly by uniform draws of any shape.

    ``count`` may be a tensor (): how many there are for the moment.
    """
    return (draw * count).long().clamp(max=count - 1)


def pick_by_share(draw: Tensor, shares: Tensor) -> Tensor:
    """Numbers (B,) int64 from 0 to K - 1 with these shares (K,), by uniform draws (B,)."""
    edges = shares.cumsum(0)[:-1]
    return (draw.unsqueeze(1) >= edges).sum(1)


def gumbel(draw: Tensor) -> Tensor:
    """Standard Gumbel numbers by uniform draws of any shape."""
    return -(-draw.clamp(EDGE, 1 - EDGE).log()).log()


def apply_others(strategy: Strategy, game: Game) -> tuple[Tensor, Sample]:
    """Latents (B, Z) as they are drawn, and the sample that the other strategies make of them."""
    moment = game.moment(game.batch, torch.Generator())
    z = moment.noise["z"]
    sample = start_sample(z)
    for other in game.chain.strategies:
        sample = sample if other is strategy else other.latent(sample, moment)
    return z, sample


def check_reads_noise(game: Game) -> None:
    """Raises ValueError where samples do not depend on the noise z (B, Z) of a moment, since
    strategies draw the latents from elsewhere."""
    moment = game.moment(game.batch, torch.Generator())
    one, other = (
        game.chain.latent(start_sample(z), moment)
        for z in (moment.noise["z"], moment.noise["z"] + 1)
    )
    if torch.equal(one.z, other.z) and torch.equal(one.origin, other.origin):
        raise ValueError(
            "moves the noise that latents are made of, and with another strategy they "
            "are not made of it: use one of the two"
        )


def claim_own_noise(game: Game, strategy: Strategy, one: str, several: str) -> None:
    """The strategy moves the noise of each sample by D's score, taken for a log density ratio.

    ``one`` and ``several`` are what it calls that noise. Raises ValueError, in a sentence that says
    what to do, where samples are not made of noise of their own, or are chosen among before.
    """
    claim_log_ratio(game, strategy)
    check_reads_noise(game)
    if batch_normalised(game.G):
        raise ValueError(
            f"moves each {one} by itself, and batch norm in the generator ties "
            "them together: choose another norm for it"
        )
    if game.chain.having(Strategy.sampler)[0] is not strategy:
        raise ValueError(
            f"moves the {several} of the generator itself: put it first among the "
            "strategies that change how samples are drawn"
        )


def check_draws_alone(strategy: Strategy, game: Game) -> None:
    """Raises ValueError where another strategy, too, says how the latents are distributed."""
    z, made = apply_others(strategy, game)
    if not torch.equal(made.z[:, : strategy.z_width], z):
        raise ValueError(
            "says how the latents are distributed, and another strategy does so too: "
            "use one of the two"
        )

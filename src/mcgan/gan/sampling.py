"""Samples of a game with any of its tensors, as its strategies want them shown."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.func import functional_call

from mcgan.gan.game import Game
from mcgan.gan.networks import batch_normalised
from mcgan.types import Moment, Sample, Sampler, Tensors, join_samples

SHOWN = 4096  # examples generated at once when samples are shown


def sampler(game: Game) -> Sampler:
    """A function (tensors, n, generator) -> n samples, drawn as the strategies want it."""
    return game.chain.sampler(plain_sampler(game), game)


def plain_sampler(game: Game) -> Sampler:
    """A function (tensors, n, generator) -> n samples of the game with these tensors."""

    def sample(tensors: Tensors, n: int, generator: torch.Generator) -> Sample:
        with torch.no_grad():
            return in_batches(
                game, lambda moment: show(game, tensors, moment), n, tensors, generator
            )

    return sample


def show(game: Game, tensors: Tensors, moment: Moment) -> Sample:
    """What the game shows for the random numbers of a moment."""
    sample: Sample = functional_call(game, tensors, (Game.show, moment))
    return sample


def in_batches(
    game: Game,
    show: Callable[[Moment], Sample],
    n: int,
    tensors: Tensors,
    generator: torch.Generator,
    most: int = SHOWN,
) -> Sample:
    """n samples by ``show``, in batches of at most ``most``.

    Where a batch norm in G makes samples depend on their batch, it has the size of training.
    """
    size, like = min(n, most), any_of(tensors)
    if batch_normalised(game.G):
        size = game.batch
    parts = []
    for _ in range(-(-n // size)):
        moment = game.moment(size, generator)
        noise = {name: t.to(like) for name, t in moment.noise.items()}
        parts.append(show(Moment(noise, moment.progress.to(like))))
    return Sample(*(column[:n] for column in join_samples(parts)))


def any_of(tensors: Tensors) -> Tensor:
    """One of the tensors, to take the type and the device from."""
    return next(iter(tensors.values()))

"""The game of a seed, its strategies ready: for a run and for somebody's own loop."""

from collections.abc import Callable

import torch

from mcgan.engine.draws import DrawData, stream
from mcgan.errors import UserError
from mcgan.gan.game import Game


def make_game(seed: int, build: Callable[[], Game], draw: DrawData) -> Game:
    """The game that ``build`` makes, its weights drawn by the seed, its strategies prepared.

    ``draw(n, generator)`` are real examples (n, *S), for strategies that look at real data. torch's
    global random state stays as it is. Raises UserError for parts that cannot live together.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(stream(seed, "weights").initial_seed())
        try:
            game = build()
            like = next(game.parameters())
            game.setup(lambda n: draw(n, stream(seed, "ready")).to(like))
        except ValueError as error:
            raise UserError(str(error)) from error
    return game

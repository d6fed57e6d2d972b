"""Samples of latents that are given instead of drawn, and paths from one latent to the next."""

from itertools import pairwise

import torch
from torch import Tensor

from mcgan.errors import UserError
from mcgan.gan.game import Game
from mcgan.gan.networks import batch_normalised
from mcgan.gan.sampling import SHOWN, any_of, show
from mcgan.types import Draw, Noise, Sample, Tensors, join_samples

NEAR = 1e-3  # radians between two directions below which a path is straight


class GivenLatents:
    """A sampler that shows latents z (n, Z), once; ``game.chain`` may wrap it as any other.

    Of all other random numbers, such as which generator makes a sample, one is drawn for each of
    ``rows`` (n,): samples of equal rows, as on a path, share theirs. Raises UserError where a
    strategy chooses among samples: it would ask for others than these.
    """

    def __init__(self, game: Game, z: Tensor, rows: Tensor) -> None:
        self.game, self.z, self.rows, self.used = game, z, rows, False

    def __call__(self, tensors: Tensors, n: int, generator: torch.Generator) -> Sample:
        if self.used or n != len(self.z):
            raise self.refusal()
        self.used = True
        like, count = any_of(tensors), int(self.rows.max()) + 1
        moment = self.game.moment(count, generator)
        size = self.game.batch if batch_normalised(self.game.G) else min(n, SHOWN)
        parts = []
        with torch.no_grad():
            for first in range(0, n, size):
                at = torch.arange(first, first + size) % n  # a last batch is filled from the start
                noise = {**pick(moment.noise, self.rows[at], count), "z": self.z[at]}
                on = {name: t.to(like) for name, t in noise.items()}
                parts.append(show(self.game, tensors, moment._replace(noise=on)))
        return Sample(*(column[:n] for column in join_samples(parts)))

    def check_used(self) -> None:
        """Raises UserError where a strategy has drawn its own latents instead."""
        if not self.used:
            raise self.refusal()

    def refusal(self) -> UserError:
        """The error for strategies that leave no latent as it is given."""
        return UserError(
            "this run's strategies choose among samples, or move their latents, as "
            "they draw them: leave out the latents"
        )


def pick(noise: Noise, rows: Tensor, count: int) -> Noise:
    """The rows of what was drawn for each of ``count`` samples; the rest as it is."""
    return {name: t[rows] if t.shape[:1] == (count,) else t for name, t in noise.items()}


def draw_latents(game: Game, n: int, generator: torch.Generator) -> Tensor:
    """Latents (n, Z), by the law that the game draws them by."""
    return Draw((n, game.latent), "normal").sample((), generator)


def interpolate(z: Tensor, steps: int) -> Tensor:
    """``steps`` latents from each of z (n, Z) to the next, both ends among them: (n - 1, steps, Z).

    The direction turns evenly, and the length changes evenly, so that a path stays where latents
    are drawn (spherical interpolation; White 2016, "Sampling Generative Networks").
    """
    t = torch.linspace(0, 1, steps, dtype=torch.float64)[:, None]
    length = z.double().norm(dim=1, keepdim=True).clamp(min=1e-12)
    unit = z.double() / length
    paths = [turn(a, b, t) for a, b in pairwise(unit)]
    lengths = [torch.lerp(a, b, t) for a, b in pairwise(length)]
    return (torch.stack(paths) * torch.stack(lengths)).to(z)


def turn(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """Unit vectors (Z,) from a to b at shares t (steps, 1) of the angle between them."""
    angle = (a @ b).clamp(-1, 1).acos()
    if angle < NEAR or torch.pi - angle < NEAR:
        return torch.lerp(a, b, t)
    mixed: Tensor = (((1 - t) * angle).sin() * a + (t * angle).sin() * b) / angle.sin()
    return mixed

"""Self-conditioned GAN: classes are clusters of D's features of real data (Liu et al. 2020)."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.func import functional_call

from mcgan.around import Around, apart, reaches, together
from mcgan.clusters import cluster, matched, nearest
from mcgan.game import Critic, Game
from mcgan.latents import one_hot, others
from mcgan.strategy import (
    Draw,
    MakeCritic,
    MakeGenerator,
    Moment,
    Sample,
    Strategy,
    Tensors,
    Verdict,
)


class Labelled(Around):
    """f(x) + f_c(x), c the class beside x, or where none is, the one that ``classify`` finds."""

    def __init__(self, inner: Critic, shape: tuple[int, ...], count: int,
                 classify: Callable[[Tensor], Tensor]) -> None:
        super().__init__(inner)
        self.shape, self.count, self._classify = shape, count, classify
        self.each = nn.Linear(self.width, count)

    def forward(self, seen: Tensor) -> Verdict:
        x, code = apart(seen, self.shape, self.count)
        verdict = self.inner(x)
        label = self._classify(verdict.features.detach())
        if code is not None:
            label = torch.where(code.amax(1) > 0, code.argmax(1), label)
        own = one_hot(label, self.count, verdict.score) * self.each(verdict.features)
        return verdict._replace(score=verdict.score + own.sum(1))


@dataclass(eq=False, repr=False)
class SelfConditioned(Strategy):
    """G gets a class beside z, D judges x by its class: one of ``classes`` clusters of real data.

    Every ``period`` steps k-means on D's features of ``examples`` real x finds them anew, named so
    that most examples keep their class. A fake has the class it was made for, a real x the one of
    the nearest centre. G's classes are drawn by their shares of real data.
    """

    classes: int = 50
    period: int = 1000  # type: ignore[misc]
    examples: int = 4096

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("classes", "period"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")
        if self.examples < self.classes:
            raise ValueError(f"examples must be at least classes={self.classes}, "
                             f"not {self.examples}")
        self.register_buffer("shares", torch.full((self.classes,), 1 / self.classes))
        self._critics: list[Labelled] = []  # listed: the game owns them

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        return {"class": Draw((batch,))}

    def generator(self, make: MakeGenerator) -> MakeGenerator:
        return lambda latent: make(latent + self.classes)

    def discriminator(self, make: MakeCritic) -> MakeCritic:
        def labelled(shape: tuple[int, ...]) -> Critic:
            critic = Labelled(make(shape), shape, self.classes, self.classify)
            self.register_buffer("centres", torch.zeros(self.classes, critic.width))
            self._critics.append(critic)
            return critic
        return labelled

    def classify(self, features: Tensor) -> Tensor:
        return nearest(features, self.get_buffer("centres"))

    def ready(self, game: Game, data: Callable[[int], Tensor]) -> None:
        with torch.no_grad():
            reaches(self, game, data, self._critics)
            if others(self, game)[1].origin.any():
                raise ValueError("a fake's origin is its class, and another strategy says by it "
                                 "which generator made the fake: use one of the two")
            found = self._found(game, game.tensors(), data)
        self.register_buffer("centres", found[self.key("centres")])
        self.register_buffer("shares", found[self.key("shares")])
        self.notes.append(f"{self.name}: samples are drawn with class shares taken from real data")

    def latent(self, sample: Sample, moment: Moment) -> Sample:
        edges = self.get_buffer("shares").cumsum(0)[:-1]
        label = (self.drawn(moment, "class").unsqueeze(1) >= edges).sum(1)
        code = one_hot(label, self.classes, sample.z)
        return sample._replace(z=torch.cat([sample.z, code], 1), origin=label)

    def view(self, sample: Sample, moment: Moment) -> Sample:
        code = one_hot(sample.origin, self.classes, sample.x)  # zeros for real data
        return sample._replace(x=together(sample.x, code))

    def renew(self, game: Game, tensors: Tensors, data: Callable[[int], Tensor]) -> Tensors:
        return self._found(game, tensors, data, tensors[self.key("centres")])

    def _found(self, game: Game, tensors: Tensors, data: Callable[[int], Tensor],
               earlier: Tensor | None = None) -> Tensors:
        """New centres, and the share of real data that is nearest to each."""
        critic = {n.removeprefix("D."): t for n, t in tensors.items() if n.startswith("D.")}
        x = data(self.examples).to(tensors[self.key("shares")])
        parts = [functional_call(game.D, critic, (part,)).features for part in x.split(game.batch)]
        features = torch.cat(parts)
        centres = cluster(features, self.classes)
        if earlier is not None:
            centres = matched(centres, features, nearest(features, earlier))
        shares = one_hot(nearest(features, centres), self.classes, features).mean(0)
        return {self.key("centres"): centres, self.key("shares"): shares}

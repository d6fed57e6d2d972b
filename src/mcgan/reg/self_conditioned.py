"""Self-conditioned GAN: classes are clusters of D's features of real data (Liu et al. 2020)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor, nn
from torch.func import functional_call

from mcgan.blocks.clustering import cluster, matched, nearest
from mcgan.blocks.latents import one_hot, others
from mcgan.blocks.wrapped_critic import Around, apart, reaches, together
from mcgan.config.settings import AtLeast
from mcgan.gan.game import Game, MakeCritic, MakeGenerator
from mcgan.gan.networks import Critic
from mcgan.gan.strategy import Strategy
from mcgan.types import CriticOutput, Draw, Moment, Sample, Tensors


class Labelled(Around):
    """f(x) + f_c(x), c the class beside x, or where none is, the one that ``classify`` finds."""

    def __init__(self, inner: Critic, shape: tuple[int, ...], count: int,
                 classify: Callable[[Tensor], Tensor]) -> None:
        super().__init__(inner)
        self.shape, self.count, self._classify = shape, count, classify
        self.each = nn.Linear(self.width, count)

    def forward(self, seen: Tensor) -> CriticOutput:
        x, code = apart(seen, self.shape, self.count)
        verdict = self.inner(x)
        label = self._classify(x) if code is None else code.argmax(1)
        own = one_hot(label, self.count, verdict.score) * self.each(verdict.features)
        return verdict._replace(score=verdict.score + own.sum(1))


@dataclass(eq=False, repr=False)
class SelfConditioned(Strategy):
    """G gets a class beside z, D judges x by its class: one of ``classes`` clusters of real data.

    Every ``period`` steps k-means on D's features of ``examples`` real x finds them anew, named so
    that most examples keep their class. A fake has the class it was made for, a real x the one of
    the nearest centre, by D's features as they were at the clustering: a real x keeps its class
    until the next. G's classes are drawn by their shares of real data.
    """

    classes: Annotated[int, AtLeast(1)] = 50
    period: Annotated[int, AtLeast(1)] = 1000  # type: ignore[misc]
    examples: Annotated[int, AtLeast(1)] = 4096

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.examples < self.classes:
            raise ValueError(f"examples must be at least classes={self.classes}, "
                             f"not {self.examples}")
        self.register_buffer("shares", torch.full((self.classes,), 1 / self.classes))
        self._critics: list[Labelled] = []  # listed: the game owns them
        self._batch = self.examples
        self._held: dict[str, str] = {}  # the trunk's weights -> the buffers of the last clustering

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

    def classify(self, x: Tensor) -> Tensor:
        """The classes (B,) of examples, by the features of the last clustering."""
        held = {name: getattr(self, own) for name, own in self._held.items()}
        return nearest(self._features(held, x.detach()), self.get_buffer("centres"))

    def _features(self, trunk: Tensors, x: Tensor) -> Tensor:
        """D's features of x with these weights, in batches as D sees them."""
        parts = [functional_call(self._critics[-1].trunk, trunk, (part,))
                 for part in x.split(self._batch)]
        return torch.cat(parts)

    def setup(self, game: Game, data: Callable[[int], Tensor]) -> None:
        self._batch, trunk = game.batch, self._critics[-1].trunk
        self._held = {name: f"held__{name}".replace(".", "__") for name, _ in
                      trunk.named_parameters()}
        for name, weight in trunk.named_parameters():
            self.register_buffer(self._held[name], weight.detach().clone())
        full = {weight: name for name, weight in game.named_parameters()}
        self._full = {name: full[weight] for name, weight in trunk.named_parameters()}
        with torch.no_grad():
            reaches(self, game, data, self._critics)
            if others(self, game)[1].origin.any():
                raise ValueError("a fake's origin is its class, and another strategy says by it "
                                 "which generator made the fake: use one of the two")
            found = self._found(game.tensors(), data(self.examples))
        for name in ("centres", "shares"):
            self.register_buffer(name, found[self.key(name)])
        self.notes.append(f"{self.name}: samples are drawn with class shares taken from real data")

    def latent(self, sample: Sample, moment: Moment) -> Sample:
        edges = self.get_buffer("shares").cumsum(0)[:-1]
        label = (self.drawn(moment, "class").unsqueeze(1) >= edges).sum(1)
        code = one_hot(label, self.classes, sample.z)
        return sample._replace(z=torch.cat([sample.z, code], 1), origin=label)

    def view(self, sample: Sample, moment: Moment) -> Sample:
        label = torch.where(sample.origin < 0, self.classify(sample.x), sample.origin)
        code = one_hot(label, self.classes, sample.x)
        return sample._replace(x=together(sample.x, code))

    def on_interval(self, game: Game, tensors: Tensors, data: Callable[[int], Tensor]) -> Tensors:
        x = data(self.examples).to(tensors[self.key("shares")])
        held = {name: tensors[self.key(own)] for name, own in self._held.items()}
        known = nearest(self._features(held, x), tensors[self.key("centres")])
        return self._found(tensors, x, known)

    def _found(self, tensors: Tensors, x: Tensor, known: Tensor | None = None) -> Tensors:
        """New centres of D's features of real x, the weights these are of, and the share of x that
        is nearest to each; named after the classes ``known`` so far."""
        trunk = {name: tensors[full] for name, full in self._full.items()}
        features = self._features(trunk, x)
        centres = cluster(features, self.classes)
        if known is not None:
            centres = matched(centres, features, known)
        shares = one_hot(nearest(features, centres), self.classes, features).mean(0)
        held = {self.key(own): trunk[name] for name, own in self._held.items()}
        return {self.key("centres"): centres, self.key("shares"): shares, **held}

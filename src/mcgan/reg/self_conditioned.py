"""Self-conditioned GAN: classes are clusters of D's features of real data (Liu et al. 2020)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor, nn
from torch.func import functional_call

from mcgan.blocks.clustering import (
    cluster,
    find_nearest,
    match_centres,
    mean_starts,
    spread_starts,
)
from mcgan.blocks.latents import apply_others, one_hot, pick_by_share
from mcgan.blocks.references import References
from mcgan.blocks.weight_copy import WeightCopy
from mcgan.blocks.wrapped_critic import CodedCritic, attach_code, check_code_arrives
from mcgan.config.settings import AtLeast
from mcgan.gan.game import Game, MakeCritic, MakeGenerator
from mcgan.gan.networks import Critic
from mcgan.gan.strategy import Strategy
from mcgan.types import CriticOutput, Draw, Moment, Sample, Tensors


class LabelledCritic(CodedCritic):
    """Scores f(x) + f_c(x): c is the class attached to x, or the one that ``classify`` finds."""

    def __init__(
        self,
        wrapped: Critic,
        shape: tuple[int, ...],
        count: int,
        classify: Callable[[Tensor], Tensor],
    ) -> None:
        super().__init__(wrapped, shape, count)
        self._classify = classify
        self.each = nn.Linear(self.width, count)

    def forward(self, seen: Tensor) -> CriticOutput:
        x, code = self.split_code(seen)
        output: CriticOutput = self.wrapped(x)
        label = self._classify(x) if code is None else code.argmax(1)
        own = one_hot(label, self.codes, output.score) * self.each(output.features)
        return output._replace(score=output.score + own.sum(1))


@dataclass(eq=False, repr=False)
class SelfConditioned(Strategy):
    """G gets a class beside z, D judges x by its class: one of ``classes`` clusters of real data.

    Every ``period`` steps k-means on D's features of ``examples`` real x finds the clusters anew.
    It starts from the means of the classes as they were, by D's present features, and numbers the
    clusters so that most examples keep their class. A fake has the class it was made for. A real x
    has the class of the nearest centre by D's features as they were at the last clustering, so it
    keeps its class until the next. G's classes are drawn by their shares of real data.
    """

    classes: Annotated[int, AtLeast(1)] = 50
    period: Annotated[int, AtLeast(1)] = 500
    examples: Annotated[int, AtLeast(1)] = 4096

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.examples < self.classes:
            raise ValueError(
                f"examples must be at least classes={self.classes}, not {self.examples}"
            )
        self.register_buffer("shares", torch.full((self.classes,), 1 / self.classes))
        self._critics = References[LabelledCritic]()
        self._batch = self.examples
        self._held = WeightCopy(self, "held", {})  # of D's trunk, none before the first clustering

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        return {"class": Draw((batch,))}

    def generator(self, make: MakeGenerator) -> MakeGenerator:
        return lambda latent: make(latent + self.classes)

    def discriminator(self, make: MakeCritic) -> MakeCritic:
        def build(shape: tuple[int, ...]) -> Critic:
            critic = LabelledCritic(make(shape), shape, self.classes, self.classify)
            self.register_buffer("centres", torch.zeros(self.classes, critic.width))
            return self._critics.add(critic)

        return build

    def classify(self, x: Tensor) -> Tensor:
        """The classes (B,) of examples, by the features of the last clustering."""
        features = self._features(self._held.current(), x.detach())
        return find_nearest(features, self.get_buffer("centres"))

    def _features(self, trunk: Tensors, x: Tensor) -> Tensor:
        """D's features of x with these weights, in batches as D sees them."""
        parts = [
            functional_call(self._critics.last.trunk, trunk, (part,))
            for part in torch.split(x, self._batch)
        ]
        return torch.cat(parts)

    def setup(self, game: Game, data: Callable[[int], Tensor]) -> None:
        self._batch, trunk = game.batch, self._critics.last.trunk
        self._held = WeightCopy(self, "held", dict(trunk.named_parameters()))
        full = {weight: name for name, weight in game.named_parameters()}
        self._full = {name: full[weight] for name, weight in trunk.named_parameters()}
        with torch.no_grad():
            check_code_arrives(self, game, data, (critic.shape for critic in self._critics))
            if apply_others(self, game)[1].origin.any():
                raise ValueError(
                    "a fake's origin is its class, and another strategy says by it "
                    "which generator made the fake: use one of the two"
                )
            found = self._cluster_first(game.tensors(), data(self.examples))
        for name in ("centres", "shares"):
            self.register_buffer(name, found[self.key(name)])
        self.notes.append(f"{self.name}: samples are drawn with class shares taken from real data")

    def latent(self, sample: Sample, moment: Moment) -> Sample:
        label = pick_by_share(self.get_noise(moment, "class"), self.get_buffer("shares"))
        code = one_hot(label, self.classes, sample.z)
        return sample._replace(z=torch.cat([sample.z, code], 1), origin=label)

    def view(self, sample: Sample, moment: Moment) -> Sample:
        label = torch.where(sample.origin < 0, self.classify(sample.x), sample.origin)
        code = one_hot(label, self.classes, sample.x)
        return sample._replace(x=attach_code(sample.x, code))

    def on_interval(self, game: Game, tensors: Tensors, data: Callable[[int], Tensor]) -> Tensors:
        x = data(self.examples).to(tensors[self.key("shares")])
        held = self._features(self._held.read(tensors), x)
        known = find_nearest(held, tensors[self.key("centres")])
        trunk = self._trunk_of(tensors)
        features = self._features(trunk, x)
        centres = cluster(features, mean_starts(features, known, self.classes))
        return self._new_values(trunk, features, match_centres(centres, features, known))

    def _cluster_first(self, tensors: Tensors, x: Tensor) -> Tensors:
        """As ``on_interval``, where there are no classes yet."""
        trunk = self._trunk_of(tensors)
        features = self._features(trunk, x)
        centres = cluster(features, spread_starts(features, self.classes))
        return self._new_values(trunk, features, centres)

    def _trunk_of(self, tensors: Tensors) -> Tensors:
        """The present weights of D's trunk, by the names it has for them."""
        return {name: tensors[full] for name, full in self._full.items()}

    def _new_values(self, trunk: Tensors, features: Tensor, centres: Tensor) -> Tensors:
        """New values by tensor name: centres of D's features (n, F) of real x, the share of x
        nearest to each, and the trunk's weights that the features are of."""
        shares = one_hot(find_nearest(features, centres), self.classes, features).mean(0)
        return {self.key("centres"): centres, self.key("shares"): shares, **self._held.write(trunk)}

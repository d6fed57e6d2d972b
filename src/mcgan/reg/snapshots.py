"""The critic's half of fictitious play: earlier generators (Ge et al. 2018)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor
from torch.func import functional_call, vmap

from mcgan.blocks.latents import pick_evenly
from mcgan.blocks.references import References
from mcgan.blocks.weight_copy import WeightCopy
from mcgan.config.settings import Above, AtLeast, AtMost
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.types import Draw, Moment, Sample, Tensors, per_example


@dataclass(eq=False, repr=False)
class Snapshots(Strategy):
    """In D's turn each fake is, with ``probability``, made of the same z by an earlier G.

    The weights of the last ``keep`` are held, one taken at each share ``every`` of the run. Each
    old fake is of one of them, drawn evenly, so that D sees their mixture in every turn. For a
    critic that judges batches a batch is replaced as a whole, by fakes of one: a mixed one would
    show it age, not diversity. In the paper G answers earlier critics likewise, which it doesn't
    here.
    """

    keep: Annotated[int, AtLeast(1), AtMost(1_000)] = 5
    every: Annotated[float, Above(0), AtMost(1)] = 0.1
    probability: Annotated[float, AtLeast(0), AtMost(1)] = 0.1
    off: ClassVar[dict[str, Any]] = {"probability": 0.0}

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        return {"replace": Draw((batch,)), "pick": Draw((batch,))}

    def setup(self, game: Game, data: object) -> None:
        self.period = max(1, round(self.every * game.steps))
        self.together = game.D.judges_batches
        self._generator = References(game.G)
        weights = dict(game.G.named_parameters())
        self.old = WeightCopy(
            self,
            "old",
            {name: weight.expand(self.keep, *weight.shape) for name, weight in weights.items()},
        )
        self.register_buffer("taken", torch.zeros((), dtype=torch.int64))

    def fakes(self, sample: Sample, moment: Moment) -> Sample:
        replace, pick = self.get_noise(moment, "replace"), self.get_noise(moment, "pick")
        if self.together:
            replace, pick = (self.ranks.whole(each)[:1].expand_as(each) for each in (replace, pick))
        held = self.get_buffer("taken").clamp(max=self.keep)
        which = pick_evenly(pick, held.clamp(min=1))
        place = torch.arange(len(which), device=which.device)
        old = self._make_all(sample)[which, place]
        use = (replace < self.probability) & (held > 0)
        return sample._replace(x=torch.where(per_example(use, old), old, sample.x))

    def _make_all(self, sample: Sample) -> Tensor:
        """What every snapshot makes of the latents, (keep, B, *S)."""

        def make(weights: Tensors) -> Tensor:
            x: Tensor = functional_call(self._generator.last, weights, (sample.z, sample.origin))
            return x

        made: Tensor = vmap(make)(self.old.current())
        return made

    def on_interval(self, game: Game, tensors: Tensors, data: Callable[[int], Tensor]) -> Tensors:
        taken = tensors[self.key("taken")]
        stacks = {name: stack.clone() for name, stack in self.old.read(tensors).items()}
        for name, stack in stacks.items():
            stack[taken % self.keep] = tensors[f"G.{name}"]
        return {**self.old.write(stacks), self.key("taken"): taken + 1}

"""Fictitious play against earlier generators (Ge et al. 2018; Grnarova et al. 2018)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor
from torch.func import functional_call

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

    The weights of the last ``keep`` are held, one taken at each share ``every`` of the run; a
    batch's old fakes are all of one, drawn evenly. For a critic that judges batches a batch is
    replaced as a whole: a mixed one would show it age, not diversity.
    """

    keep: Annotated[int, AtLeast(1)] = 5
    every: Annotated[float, Above(0), AtMost(1)] = 0.1
    probability: Annotated[float, AtLeast(0), AtMost(1)] = 0.5
    off: ClassVar[dict[str, Any]] = {"probability": 0.0}

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        return {"replace": Draw((batch,)), "pick": Draw((1,))}

    def setup(self, game: Game, data: object) -> None:
        self.period = max(1, round(self.every * game.steps))
        self.together = game.D.judges_batches
        self._generator = References(game.G)
        weights = dict(game.G.named_parameters())
        self.old = WeightCopy(self, "old", {name: weight.expand(self.keep, *weight.shape)
                                            for name, weight in weights.items()})
        self.register_buffer("taken", torch.zeros((), dtype=torch.int64))

    def fakes(self, sample: Sample, moment: Moment) -> Sample:
        replace = self.get_noise(moment, "replace")
        if self.together:
            replace = replace[:1].expand_as(replace)
        held = self.get_buffer("taken").clamp(max=self.keep)
        pick = pick_evenly(self.get_noise(moment, "pick"), held.clamp(min=1))
        weights = {name: stack[pick][0] for name, stack in self.old.current().items()}
        old = functional_call(self._generator.last, weights, (sample.z, sample.origin))
        use = (replace < self.probability) & (held > 0)
        return sample._replace(x=torch.where(per_example(use, old), old, sample.x))

    def on_interval(self, game: Game, tensors: Tensors, data: Callable[[int], Tensor]) -> Tensors:
        taken = tensors[self.key("taken")]
        stacks = {name: stack.clone() for name, stack in self.old.read(tensors).items()}
        for name, stack in stacks.items():
            stack[taken % self.keep] = tensors[f"G.{name}"]
        return {**self.old.write(stacks), self.key("taken"): taken + 1}

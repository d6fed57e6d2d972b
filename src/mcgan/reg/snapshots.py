"""Fictitious play against earlier generators (Ge et al. 2018; Grnarova et al. 2018)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor
from torch.func import functional_call

from mcgan.config.settings import Above, AtLeast, AtMost
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.types import Draw, Moment, Sample, Tensors


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
        self.period = max(1, round(self.every * game.steps))  # type: ignore[misc]
        self.together = game.D.judges_batches
        self._generator = [game.G]  # listed: a reference, no submodule
        self.buffers_of = {n: f"old__{n}".replace(".", "__") for n, _ in game.G.named_parameters()}
        for name, weight in game.G.named_parameters():
            stack = weight.detach().expand(self.keep, *weight.shape).clone()
            self.register_buffer(self.buffers_of[name], stack)
        self.register_buffer("taken", torch.zeros((), dtype=torch.int64))

    def fakes(self, sample: Sample, moment: Moment) -> Sample:
        replace = self.drawn(moment, "replace")
        if self.together:
            replace = replace[:1].expand_as(replace)
        held = self.get_buffer("taken").clamp(max=self.keep)
        pick = (self.drawn(moment, "pick") * held).long().clamp(max=self.keep - 1)
        weights = {name: getattr(self, own)[pick][0] for name, own in self.buffers_of.items()}
        old = functional_call(self._generator[0], weights, (sample.z, sample.origin))
        use = ((replace < self.probability) & (held > 0)).reshape(-1, *(1,) * (old.dim() - 1))
        return sample._replace(x=torch.where(use, old, sample.x))

    def on_interval(self, game: Game, tensors: Tensors, data: Callable[[int], Tensor]) -> Tensors:
        taken = tensors[self.key("taken")]
        slot, new = taken % self.keep, {self.key("taken"): taken + 1}
        for name, own in self.buffers_of.items():
            stack = tensors[self.key(own)].clone()
            stack[slot] = tensors[f"G.{name}"]
            new[self.key(own)] = stack
        return new

"""Experience replay: the critic also sees old fakes (Shrivastava et al. 2017, section 2.3)."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import torch
from torch import Tensor

from mcgan.blocks.latents import pick_evenly
from mcgan.config.settings import AtLeast, AtMost
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.types import Draw, Moment, Player, Report, Sample, Tensors, choose_examples, per_example


@dataclass(eq=False, repr=False)
class Replay(Strategy):
    """In D's turn each fake is an old one with ``probability``, labelled fake.

    ``size`` past samples are kept, whole batches of one turn each: the newest (``fifo``), an even
    choice from the whole history (``reservoir``; Vitter 1985, algorithm R), or ages in about equal
    ratios from now to the start (``exp``). For a critic that judges batches, a batch is replayed
    as a whole: mixed ages would show it age, not diversity.

    With probability p the best D sees (1 - p) p_G + p p_old. Where the players rest, p_G is off
    the data by p / (1 - p) times what p_old is: a ninth for 0.1, all of it for 0.5.
    """

    size: Annotated[int, AtLeast(1)] = 2048
    probability: Annotated[float, AtLeast(0), AtMost(1)] = 0.1
    policy: Literal["fifo", "reservoir", "exp"] = "reservoir"
    off: ClassVar[dict[str, Any]] = {"probability": 0.0}

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        return {"replace": Draw((batch,)), "age": Draw((batch,)), "slot": Draw(())}

    def setup(self, game: Game, data: object) -> None:
        self.slots, self.batch = self.size // game.batch, game.batch
        if not self.slots:
            raise ValueError(
                f"size={self.size} holds no batch of {game.batch}: "
                f"take size={game.batch} or more, or a smaller train.batch_size"
            )
        self.together = game.D.judges_batches
        for name, tensor in game.example()._asdict().items():
            self.register_buffer(f"old_{name}", tensor.new_zeros(self.slots, *tensor.shape))
        self.register_buffer("seen", torch.zeros((), dtype=torch.int64))  # batches so far
        self.register_buffer("born", torch.zeros(self.slots, dtype=torch.int64))  # as the nth batch

    def fakes(self, sample: Sample, moment: Moment) -> Sample:
        replace, age = self.get_noise(moment, "replace"), self.get_noise(moment, "age")
        if self.together:
            replace, age = (self.ranks.whole(each)[:1].expand_as(each) for each in (replace, age))
        held = self.get_buffer("seen").clamp(max=self.slots)
        slot = pick_evenly(age, held.clamp(min=1))
        place = self.ranks.part(torch.arange(self.batch, device=slot.device))
        use = (replace < self.probability) & (held > 0)
        olds = [getattr(self, f"old_{name}")[slot, place] for name in sample._fields]
        return choose_examples(use, Sample(*olds), sample)

    def after(self, player: Player, tensors: Tensors, report: Report, grads: Tensors) -> Tensors:
        if player == "G":
            return {}
        seen = tensors[self.key("seen")]
        born = tensors[self.key("born")]
        slot = self._slot(seen, born, self.get_noise(report.moment, "slot"))
        here = torch.arange(self.slots, device=slot.device) == slot
        olds = {self.key(f"old_{name}"): new for name, new in report.fake._asdict().items()}
        kept = {
            key: torch.where(per_example(here, tensors[key]), new, tensors[key])
            for key, new in olds.items()
        }
        kept[self.key("born")] = torch.where(here, seen, born)
        return {**kept, self.key("seen"): seen + 1}

    def _slot(self, seen: Tensor, born: Tensor, draw: Tensor) -> Tensor:
        """Where the new batch goes; a slot that isn't there drops it."""
        if self.policy == "fifo" or (self.policy == "exp" and self.slots == 1):
            return seen % self.slots
        even = self.policy == "reservoir"
        kept = (draw * (seen + 1)).long() if even else find_most_crowded(seen - born)
        return torch.where(seen < self.slots, seen, kept)


def find_most_crowded(ages: Tensor) -> Tensor:
    """Which of the batches of these ages, (slots,), a new one of age 0 makes the most superfluous.

    It is the one whose neighbours in age are nearest in ratio (ages counted from 1); the oldest
    stays. So the ratios even out, and stay even as the ages grow.
    """
    order = ages.argsort()
    sorted_ages = torch.cat([torch.ones_like(ages[:1]), ages[order] + 1]).double()
    return order[(sorted_ages[2:] / sorted_ages[:-2]).argmin(0, keepdim=True)][0]

"""Diffusion-GAN (Wang et al. 2023): D sees diffused real and fake."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import torch
from torch import Tensor

from mcgan.config.settings import Above, AtLeast, AtMost, Below
from mcgan.functional import diffuse
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.objective import Objective
from mcgan.types import Draw, Moment, Player, Report, Sample, Tensors, per_example

BETAS = 1e-4, 2e-2  # of the noise schedule, first and last level


@dataclass(eq=False, repr=False)
class Diffusion(Strategy):
    """The critic sees sqrt(a_t) x + sqrt(1 - a_t) noise_std N(0, 1), t in 0..T by sample.

    a_t = prod_s (1 - beta_s), beta linear over t_max levels. A share ``clean`` of the samples has
    t = 0, no noise; else P(t) is even over 1..T or, with ``priority``, goes with t. T climbs from
    t_min while E sign f(x) > ``target``, else falls; all the way takes a share ``climb`` of the
    run. The critic is not told t.
    """

    noise_std: Annotated[float, AtLeast(0)] = 0.05
    target: Annotated[float, AtLeast(-1), AtMost(1)] = 0.6
    t_min: Annotated[int, AtLeast(1)] = 10
    t_max: Annotated[int, AtLeast(1)] = 1000
    climb: Annotated[float, Above(0), AtMost(1)] = 0.2
    sampling: Literal["priority", "uniform"] = "priority"
    clean: Annotated[float, AtLeast(0), Below(1)] = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.t_min > self.t_max:
            raise ValueError(f"t_min must be at most t_max={self.t_max}, not {self.t_min}")

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        parts = {"level": Draw((batch, *(1,) * len(shape))), "fog": Draw((batch, *shape), "normal")}
        return {f"{what}_{which}": d for what, d in parts.items() for which in ("real", "fake")}

    def setup(self, game: Game, data: Any) -> None:
        kept = 1 - torch.linspace(*BETAS, self.t_max, dtype=torch.float64)
        self.register_buffer("kept", torch.cat([kept.new_ones(1), kept.cumprod(0)]).float())  # a_t
        self.register_buffer("T", torch.tensor(float(self.t_min)))
        turns = self.climb * game.objective.count_critic_turns(game.steps)
        self.rate = (self.t_max - self.t_min) / turns
        self.undecided = find_undecided_score(game.objective) if self.rate else 0.0

    def view(self, sample: Sample, moment: Moment) -> Sample:
        real = per_example(sample.origin < 0, sample.x)
        level, fog = (torch.where(real, self.get_noise(moment, f"{what}_real"),
                                  self.get_noise(moment, f"{what}_fake"))
                      for what in ("level", "fog"))
        a = self.get_buffer("kept")[self._t(level)]
        return sample._replace(x=diffuse(sample.x, a, self.noise_std, fog))

    def _t(self, level: Tensor) -> Tensor:
        """The levels t by uniform numbers."""
        share = (level - self.clean) / (1 - self.clean)
        steep = share.clamp(min=0).sqrt() if self.sampling == "priority" else share
        t = (steep * self.get_buffer("T")).long().clamp(max=self.t_max - 1) + 1
        return torch.where(share < 0, 0, t)

    def after(self, player: Player, tensors: Tensors, report: Report, grads: Tensors) -> Tensors:
        if player == "G":
            return {}
        sure = torch.sign(report.scores["real"] - self.undecided).mean()
        T = tensors[self.key("T")] + self.rate * torch.sign(sure - self.target)
        return {self.key("T"): T.clamp(self.t_min, self.t_max)}


def find_undecided_score(objective: Objective) -> Tensor:
    """The score, (), that the objective wants where real and fake are alike."""
    score = torch.linspace(-2, 2, 401)
    losses = objective.d_loss(score, score)
    best = losses < losses.min() + 1e-5
    if best.all():
        raise ValueError("goes by the sign of the critic's scores, and to this objective only "
                         "their differences matter: choose another objective, or use "
                         "t_max=t_min, which fixes the noise")
    return score[best].mean()

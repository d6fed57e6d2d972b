"""Diffusion-GAN (Wang et al. 2023): D sees diffused real and fake."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

import torch
from torch import Tensor, nn

from mcgan.blocks.wrapped_critic import check_code_arrives
from mcgan.config.settings import Above, AtLeast, AtMost, Below
from mcgan.functional import diffuse
from mcgan.gan.game import Game, MakeCritic
from mcgan.gan.networks import Critic
from mcgan.gan.strategy import Strategy
from mcgan.objective import Objective
from mcgan.types import Draw, Moment, Player, Report, Sample, Tensors, per_example

BETAS = 1e-4, 2e-2  # of the noise schedule, first and last of the present levels


class LevelInput(nn.Module):
    """Examples (B, C + 1, ...), the level of noise as their last channel: 0 where none is given.

    No gradient passes to the level: a penalty on D's gradient is on x alone.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels

    def forward(self, seen: Tensor) -> Tensor:
        """Examples with the diffused level as a further channel, zero where none is given."""
        x, level = seen[:, : self.channels], seen[:, self.channels :].detach()
        return torch.cat([x, level if level.shape[1] else torch.zeros_like(x[:, :1])], 1)


@dataclass(eq=False, repr=False)
class Diffusion(Strategy):
    """The critic sees sqrt(a_t) x + sqrt(1 - a_t) noise_std N(0, 1), t in 0..T by sample.

    a_t = prod_s<=t (1 - beta_s), beta from 1e-4 to 2e-2, linear over the present T levels, as the
    authors' code lays them anew for each T. With ``tell_level`` the critic is told sqrt(1 - a_t)
    beside x: the paper's timestep-dependent D, in a measure that means the same at every T.

    A share ``clean`` of the samples has t = 0, no noise; else P(t) is even over 1..T or, with
    ``priority``, goes with t. T climbs from t_min while E sign f(x) > ``target``, else falls; all
    the way takes a share ``climb`` of the run.
    """

    noise_std: Annotated[float, AtLeast(0)] = 0.05
    target: Annotated[float, AtLeast(-1), AtMost(1)] = 0.6
    t_min: Annotated[int, AtLeast(1)] = 10
    t_max: Annotated[int, AtLeast(1)] = 1000
    climb: Annotated[float, Above(0), AtMost(1)] = 0.2
    sampling: Literal["priority", "uniform"] = "priority"
    clean: Annotated[float, AtLeast(0), Below(1)] = 0.5
    tell_level: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        self._shapes: list[tuple[int, ...]] = []  # of the x that told critics are built for
        if self.t_min > self.t_max:
            raise ValueError(f"t_min must be at most t_max={self.t_max}, not {self.t_min}")

    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        parts = {"level": Draw((batch, *(1,) * len(shape))), "fog": Draw((batch, *shape), "normal")}
        return {f"{what}_{which}": d for what, d in parts.items() for which in ("real", "fake")}

    def discriminator(self, make: MakeCritic) -> MakeCritic:
        def build(shape: tuple[int, ...]) -> Critic:
            self._shapes.append(shape)
            return make((shape[0] + 1, *shape[1:])).prepend(LevelInput(shape[0]))

        return build if self.tell_level else make

    def setup(self, game: Game, data: Callable[[int], Tensor]) -> None:
        if self.tell_level:
            with torch.no_grad():
                check_code_arrives(self, game, data, self._shapes)
        self.register_buffer("T", torch.tensor(float(self.t_min)))
        turns = self.climb * game.objective.count_critic_turns(game.steps)
        self.rate = (self.t_max - self.t_min) / turns
        self.undecided = find_undecided_score(game.objective) if self.rate else 0.0

    def view(self, sample: Sample, moment: Moment) -> Sample:
        real = per_example(sample.origin < 0, sample.x)
        level, fog = (
            torch.where(
                real, self.get_noise(moment, f"{what}_real"), self.get_noise(moment, f"{what}_fake")
            )
            for what in ("level", "fog")
        )
        a = self.kept()[self._t(level)]
        x = diffuse(sample.x, a, self.noise_std, fog)
        told = [(1 - a).sqrt().expand_as(x[:, :1])] if self.tell_level else []
        return sample._replace(x=torch.cat([x, *told], 1))

    def kept(self) -> Tensor:
        """a_t for t = 0..t_max, (t_max + 1,), by the present T; what is beyond T is not used."""
        first, last = BETAS
        T = self.get_buffer("T").round()
        place = torch.arange(self.t_max, device=T.device).to(T) / (T - 1).clamp(min=1)  # 1 at T
        kept = 1 - first - (last - first) * place.clamp(max=1)
        return torch.cat([kept.new_ones(1), kept.cumprod(0)])

    def _t(self, level: Tensor) -> Tensor:
        """The levels t by uniform numbers."""
        share = (level - self.clean) / (1 - self.clean)
        steep = share.clamp(min=0).sqrt() if self.sampling == "priority" else share
        t = (steep * self.get_buffer("T").round()).long().clamp(max=self.t_max - 1) + 1
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
        raise ValueError(
            "goes by the sign of the critic's scores, and to this objective only "
            "their differences matter: choose another objective, or use "
            "t_max=t_min, which fixes the noise"
        )
    return score[best].mean()

"""A game between a generator and a critic, as pure functions of its tensors.

Every tensor that a turn uses is a named parameter or buffer of one module, so a checkpoint is its
``state_dict`` and training is ``functional_call``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call

from mcgan.arch.base import Arch
from mcgan.autodiff import Autodiff, Classic
from mcgan.objective import Objective
from mcgan.strategy import (
    Chain,
    CriticCall,
    Draw,
    Moment,
    Player,
    Report,
    Sample,
    Sampler,
    Strategy,
    Tensors,
    Verdict,
)

SHOWN = 4096  # examples generated at once when samples are shown


class Generator(nn.Module):
    """A plain network as a generator: it does not ask where a latent comes from."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, z: Tensor, origin: Tensor) -> Tensor:
        return self.net(z)


class Critic(nn.Module):
    """trunk -> neck -> head; strategies extend the neck with what they add to the features."""

    judges_batches = False  # True when a score depends on other examples of the batch

    def __init__(self, trunk: nn.Module, width: int) -> None:
        super().__init__()
        self.trunk, self.width = trunk, width
        self.neck = nn.ModuleList()
        self.head = nn.Linear(width, 1)

    def extend(self, layer: nn.Module, extra: int) -> Critic:
        """Let ``layer``: features (B, F) -> (B, extra) feed the head too."""
        self.neck.append(layer)
        self.head = nn.Linear(self.head.in_features + extra, 1)
        return self

    def forward(self, x: Tensor) -> Verdict:
        features = self.trunk(x)
        seen = torch.cat([features, *(layer(features) for layer in self.neck)], dim=1)
        return Verdict(self.head(seen).squeeze(1), features)


class Turn:
    """One player's move: both batches, and the critic's verdicts, computed when first asked."""

    def __init__(self, real: Sample, fake: Sample, critic: CriticCall, autodiff: Autodiff,
                 moment: Moment) -> None:
        self.real, self.fake, self.critic, self.moment = real, fake, critic, moment
        self.autodiff = autodiff
        self._verdicts: dict[str, Verdict] = {}
        self._slopes: dict[str, Tensor] = {}

    def on(self, which: str) -> Verdict:
        """The verdict on 'real' or 'fake'."""
        if which not in self._verdicts:
            self._verdicts[which] = self.critic({"real": self.real, "fake": self.fake}[which].x)
        return self._verdicts[which]

    @property
    def on_real(self) -> Verdict: return self.on("real")

    @property
    def on_fake(self) -> Verdict: return self.on("fake")

    def slope(self, which: str) -> Tensor:
        """As ``slope_at`` for 'real' or 'fake', sharing the verdict's forward pass."""
        if which not in self._slopes:
            x = {"real": self.real, "fake": self.fake}[which].x
            self._slopes[which], verdict = self.slope_at(x)
            self._verdicts.setdefault(which, verdict)
        return self._slopes[which]

    def slope_at(self, x: Tensor) -> tuple[Tensor, Verdict]:
        """The gradient at x of the summed scores, a row for each score (B or packs, rest); and
        the verdict there. Where scores depend on the whole batch, cross terms are included."""
        def total(x: Tensor) -> tuple[Tensor, Verdict]:
            verdict = self.critic(x)
            return verdict.score.sum(), verdict
        gradient, verdict = self.autodiff.of_input(total, x)
        return gradient.reshape(verdict.score.shape[0], -1), verdict


class Game(nn.Module):
    """Generator, critic, objective and a chain of strategies.

    Args: ``shape`` of one example, ``batch`` size, ``steps`` of the run (one step = one generator
    update). ``autodiff`` is plain until the trainer vmaps or compiles.
    """

    def __init__(self, arch: Arch, objective: Objective, strategies: dict[str, Strategy],
                 shape: tuple[int, ...], batch: int, steps: int) -> None:
        super().__init__()
        self.objective, self.shape, self.batch, self.steps = objective, shape, batch, steps
        self.latent = arch.latent
        self.autodiff: Autodiff = Classic()
        self.slopes_penalised = False
        for name, strategy in strategies.items():
            strategy.name = name  # type: ignore[misc]
        self.chain = Chain(strategies.values())
        self.reg = nn.ModuleDict(strategies)
        self.G = self.chain.fold("generator", lambda z: Generator(arch.generator(z, shape)))(
            self.latent
        )
        self.D: Critic = self.chain.fold("discriminator", lambda s: Critic(*arch.trunk(s)))(shape)

    def owned(self, player: Player) -> list[str]:
        """Names of the parameters that a player trains."""
        mine = (f"{player}.", *(s.key("") for s in self.chain.strategies if s.owner == player))
        return [name for name, _ in self.named_parameters() if name.startswith(mine)]

    def penalises_slopes(self, strategy: Strategy) -> None:
        """A strategy's word that it penalises the critic's gradient by example."""
        self.no_batch_norm_in_critic("a penalty on the critic's gradient, which is per example")
        self.slopes_penalised = True
        if self.D.judges_batches:
            strategy.notes.append(f"{strategy.name}: the critic judges batches, so the penalised "
                                  "gradient of the summed scores includes cross terms")

    def no_batch_norm_in_critic(self, why: str) -> None:
        if batch_normalised(self.D):
            raise ValueError(f"does not go with batch norm in the critic ({why}): "
                             "choose another norm for it, such as none or group")

    def ready(self, data: Callable[[int], Tensor]) -> None:
        """Let every strategy prepare itself on real data.

        Raises ValueError, with a sentence, for parts that cannot live together.
        """
        for strategy in self.chain.strategies:
            try:
                strategy.ready(self, data)
            except ValueError as error:
                raise ValueError(f"reg.{strategy.name}: {error}") from error

    def notes(self) -> list[str]:
        """What the log should say once."""
        notes = [note for strategy in self.chain.strategies for note in strategy.notes]
        if self.objective.paired and not self.slopes_penalised:
            notes.append("a relativistic loss does not converge on its own: add reg=[r1,r2]")
        return notes

    def example(self) -> Sample:
        """A generated batch, for its shapes and types."""
        with torch.no_grad():
            return self.generate(self.moment(self.batch, torch.Generator()))

    def moment(self, batch: int, generator: torch.Generator) -> Moment:
        """Random numbers for showing samples, at the end of a run."""
        draws = self.draws(batch)
        noise = {name: draw.sample((), generator) for name, draw in draws.items()}
        return Moment(noise, torch.ones(()))

    def tensors(self) -> Tensors:
        """Every parameter and buffer by name."""
        return {**dict(self.named_parameters()), **dict(self.named_buffers())}

    def draws(self, batch: int) -> dict[str, Draw]:
        """Every random number of a turn: the latents and what the strategies need."""
        z = {"z": Draw((batch, self.latent), "normal")}
        return z | self.chain.draws(batch, self.shape)

    def forward(self, act: str, *given: Any) -> Any:
        """'D' or 'G': that player's turn, (loss, report); 'show': a Sample."""
        acts: dict[str, Callable[..., Any]] = {
            "D": self.d_turn, "G": self.g_turn, "show": self.generate,
        }
        return acts[act](*given)

    def generate(self, moment: Moment) -> Sample:
        z = moment.noise["z"]
        start = Sample(z, z, torch.zeros_like(z[:, 0], dtype=torch.int64))
        sample = self.chain.fold("latent", start, moment)
        return sample._replace(x=self.G(sample.z, sample.origin))

    def d_turn(self, x: Tensor, moment: Moment) -> tuple[Tensor, Report]:
        with torch.no_grad():
            fresh = self.generate(moment)
            fake = self.chain.fold("fakes", fresh, moment)
        turn = self.turn(x, fake, moment)
        terms = self.chain.terms("d_term", turn)  # first: a slope shares its forward pass
        r, f = turn.on_real.score, turn.on_fake.score
        loss = self.objective.d_loss(r, f).mean()
        scalars = {"loss": loss, "score_real": r.mean(), "score_fake": f.mean()}
        return self.total(loss, terms), Report({**scalars, **terms}, fresh, moment)

    def g_turn(self, x: Tensor, moment: Moment) -> tuple[Tensor, Report]:
        fresh = self.generate(moment)
        turn = self.turn(x, fresh, moment)
        turn.critic = self.chain.fold("opponent", turn.critic, turn)
        r = turn.on_real.score if self.objective.paired else None
        losses = self.chain.fold("weigh", self.objective.g_loss(r, turn.on_fake.score), turn)
        loss, terms = losses.mean(), self.chain.terms("g_term", turn)
        return self.total(loss, terms), Report({"loss": loss, **terms}, fresh, moment)

    def turn(self, x: Tensor, fake: Sample, moment: Moment) -> Turn:
        data = Sample(x, torch.zeros_like(fake.z), torch.full_like(fake.origin, -1))
        real = self.chain.fold("view", data, moment)
        fake = self.chain.fold("view", fake, moment)
        return Turn(real, fake, self.D, self.autodiff, moment)

    @staticmethod
    def total(loss: Tensor, terms: Tensors) -> Tensor:
        return sum(terms.values(), loss)

    def sampler(self) -> Sampler:
        """(tensors, n, generator) -> n samples, as the strategies want them shown."""
        return self.chain.fold("sampler", self._sample, self)

    def _sample(self, tensors: Tensors, n: int, generator: torch.Generator) -> Sample:
        """In batches: of the training size where a batch norm makes samples depend on it."""
        size = self.batch if batch_normalised(self.G) else min(n, SHOWN)
        with torch.no_grad():
            parts = [self._show(tensors, size, generator) for _ in range(-(-n // size))]
        return Sample(*(torch.cat(column)[:n] for column in zip(*parts, strict=True)))

    def _show(self, tensors: Tensors, size: int, generator: torch.Generator) -> Sample:
        like = next(iter(tensors.values()))
        moment = self.moment(size, generator)
        moment = moment._replace(noise={n: t.to(like) for n, t in moment.noise.items()})
        return functional_call(self, tensors, ("show", moment))


def batch_normalised(module: nn.Module) -> bool:
    """Whether an example's output depends on its batch through a batch norm."""
    return any(isinstance(m, nn.modules.batchnorm._BatchNorm) for m in module.modules())

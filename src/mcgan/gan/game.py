"""A game between a generator and a critic, as pure functions of its tensors.

Every tensor that a turn uses is a named parameter or buffer of one module, so a checkpoint is its
``state_dict`` and training is ``functional_call``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call

from mcgan.arch.base import Arch
from mcgan.gan.autodiff import Autodiff, Classic
from mcgan.gan.strategy import (
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
from mcgan.objective import Objective

PLAYERS: tuple[Player, Player] = ("D", "G")
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
    """One player's move: both batches, and the critic's verdicts, computed when first asked.

    ``real`` and ``fake`` are as the critic sees them, ``x`` and ``made`` as they came.
    """

    def __init__(self, game: Game, x: Tensor, real: Sample, fake: Sample, moment: Moment) -> None:
        self.real, self.fake, self.moment = real, fake, moment
        self.x, self.made = x, fake
        self.critic: CriticCall = game.D
        self.main = True  # False before a critic beside D: own nets and weights count once
        self._game = game
        self.verdicts: dict[str, Verdict] = {}
        self._slopes: dict[str, Tensor] = {}

    def on(self, which: str) -> Verdict:
        """The verdict on 'real' or 'fake'."""
        if which not in self.verdicts:
            x = {"real": self.real, "fake": self.fake}[which].x
            self.verdicts[which] = Verdict(*(part.to(x) for part in self.critic(x)))
        return self.verdicts[which]

    @property
    def on_real(self) -> Verdict: return self.on("real")

    @property
    def on_fake(self) -> Verdict: return self.on("fake")

    def slope(self, which: str) -> Tensor:
        """As ``slope_at`` for 'real' or 'fake', sharing the verdict's forward pass."""
        if which not in self._slopes:
            x = {"real": self.real, "fake": self.fake}[which].x
            self._slopes[which], verdict = self.slope_at(x)
            self.verdicts.setdefault(which, verdict)
        return self._slopes[which]

    def slope_at(self, x: Tensor) -> tuple[Tensor, Verdict]:
        """The gradient at x of the summed scores, a row for each score (B or packs, rest); and
        the verdict there. Where scores depend on the whole batch, cross terms are included."""
        def total(x: Tensor) -> tuple[Tensor, Verdict]:
            verdict = self.critic(x)
            return verdict.score.sum(), verdict
        with self._game.arithmetic(torch.float32):  # a penalty's gradient of a gradient needs it
            gradient, verdict = self._game.autodiff.of_input(total, x)
        return gradient.reshape(verdict.score.shape[0], -1), verdict

    def judged_by(self, critic: CriticCall) -> Turn:
        """The same batches before another critic."""
        other = Turn(self._game, self.x, self.real, self.fake, self.moment)
        other.made, other.critic, other.main = self.made, critic, False
        return other

    def d_losses(self) -> Tensor:
        """The objective's losses of D, per score."""
        return self._game.objective.d_loss(self.on_real.score, self.on_fake.score)

    def g_losses(self) -> Tensor:
        """The objective's losses of G, per score."""
        objective = self._game.objective
        return objective.g_loss(self.on_real.score if objective.paired else None,
                                self.on_fake.score)

    def d_loss(self, besides: Strategy) -> Tensor:
        """All that D minimises in this turn, but for the term of the strategy that asks."""
        return self._game.total(*self._game.d_parts(self, besides))

    def params(self, player: Player) -> Tensors:
        """A player's parameters by their full names, as they are in this turn."""
        return {name: reach(self._game, name) for name in self._game.players[player]}

    def loss_with(self, player: Player, params: Tensors) -> Tensor:
        """The objective's mean loss of a player on this turn's data, latents and noise, with some
        parameters replaced; fresh fakes, differentiable in all parameters, without terms."""
        return functional_call(self._game, params, ("bare", player, self.x, self.moment))

    def critic_with(self, params: Tensors) -> CriticCall:
        """The critic with some parameters, by their full names, replaced."""
        own = {name.removeprefix("D."): t for name, t in params.items() if name.startswith("D.")}
        return lambda x: functional_call(self._game.D, own, (x,))

    def gradient(self, loss: Callable[[Tensors], Tensor], at: Tensors) -> Tensors:
        """The gradient of a loss in parameters, differentiable again."""
        return self._game.autodiff.of_params(loss, at)


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
        self.precision = torch.float32  # of the players' turns; or bfloat16
        self.slopes_penalised = False
        self.ratio_readers: list[Strategy] = []
        for name, strategy in strategies.items():
            strategy.name, strategy.z_width = name, self.latent  # type: ignore[misc]
        self.chain = Chain(strategies.values())
        self.reg = nn.ModuleDict(strategies)
        self.G = self.chain.fold("generator", lambda z: Generator(arch.generator(z, shape)))(
            self.latent
        )
        make = self.chain.fold("discriminator", lambda s: Critic(*arch.trunk(s)))
        for strategy in self.chain.strategies:
            strategy.more.extend(make(shape) for _ in range(strategy.beside()))
        self.D: Critic = make(shape)  # the last: what strategies keep of a critic is of this one
        self.players = {player: self.owned(player) for player in PLAYERS}

    def critics(self) -> list[Critic]:
        """D, and those that strategies keep beside it."""
        return [self.D, *(critic for s in self.chain.strategies for critic in s.more)]  # type: ignore[list-item]

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
            raise ValueError(f"does not go with batch norm in the critic ({why}): choose another "
                             "norm for it, such as arch.critic_norm=none or group")

    def reads_log_ratio(self, strategy: Strategy) -> None:
        """A strategy's word that it takes the score of an example for log p_data / p_G there."""
        if not self.objective.log_ratio:
            raise ValueError("takes D's score for a log density ratio, and with this objective it "
                             "is none: choose objective=non_saturating, minimax or rpgan")
        self.no_batch_norm_in_critic("examples are judged one by one")
        if self.D.judges_batches:
            raise ValueError("judges examples one by one, and this critic judges batches: "
                             "drop one of the two")
        self.ratio_readers.append(strategy)

    def ready(self, data: Callable[[int], Tensor]) -> None:
        """Let every strategy prepare itself on real data.

        Raises ValueError, with a sentence, for parts that cannot live together.
        """
        if self.objective.paired and batch_normalised(self.D):
            raise ValueError("objective: a relativistic loss does not go with batch norm in the "
                             "critic: choose another norm for it, such as arch.critic_norm=none")
        for strategy in sorted(self.chain.strategies, key=lambda each: each.copies):
            try:
                strategy.ready(self, data)
            except ValueError as error:
                raise ValueError(f"reg.{strategy.name}: {error}") from error
        if self.ratio_readers and self.shows_more():
            raise ValueError(f"reg.{self.ratio_readers[0].name}: judges examples by themselves, "
                             "and this critic sees more beside each: drop one of the two")
        self.players = {player: self.owned(player) for player in PLAYERS}

    def shows_more(self) -> bool:
        """Whether the critic sees more numbers than an example has."""
        shown = self.chain.fold("view", self.example(), self.moment(self.batch, torch.Generator()))
        return shown.x.shape[1:] != self.shape

    def notes(self) -> list[str]:
        """What the log should say once."""
        notes = [note for strategy in self.chain.strategies for note in strategy.notes]
        if self.objective.paired and not self.slopes_penalised:
            notes.append("a relativistic loss does not converge on its own: add reg=[r1,r2]")
        if self.slopes_penalised:
            notes += [f"{reader.name}: a heavy penalty on D's gradient keeps its score from being "
                      "a log density ratio" for reader in self.ratio_readers]
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
        """'D' or 'G': that player's turn, (loss, report); 'bare': the objective's loss of a
        player; 'show': a Sample."""
        acts: dict[str, Callable[..., Any]] = {
            "D": self.d_turn, "G": self.g_turn, "bare": self.bare, "show": self.generate,
        }
        with self.arithmetic(self.precision if act in PLAYERS else torch.float32):
            return acts[act](*given)

    def arithmetic(self, precision: torch.dtype) -> AbstractContextManager[Any]:
        """Products and convolutions in ``precision``; weights and what is kept stay as they are."""
        if self.precision == torch.float32:
            return nullcontext()  # autocast takes its time even where it does nothing
        device = next(self.parameters()).device.type
        return torch.autocast(device, torch.bfloat16, enabled=precision == torch.bfloat16)

    def generate(self, moment: Moment) -> Sample:
        z = moment.noise["z"]
        start = Sample(z, z, torch.zeros_like(z[:, 0], dtype=torch.int64))
        sample = self.chain.fold("latent", start, moment)
        return sample._replace(x=self.G(sample.z, sample.origin).to(z))

    def d_turn(self, x: Tensor, moment: Moment) -> tuple[Tensor, Report]:
        with torch.no_grad():
            fresh = self.generate(moment)
            fake = self.chain.fold("fakes", fresh, moment)
        turn = self.turn(x, fake, moment)
        loss, terms = self.d_parts(turn)
        means = {f"score_{which}": v.score.mean() for which, v in turn.verdicts.items()}
        return self.total(loss, terms), self.report(turn, {"loss": loss, **means, **terms}, fresh)

    def d_parts(self, turn: Turn, besides: Strategy | None = None) -> tuple[Tensor, Tensors]:
        """D's mean loss by the objective, and the terms of the strategies."""
        terms = self.chain.terms("d_term", turn, besides)  # first: a slope shares its forward pass
        return turn.d_losses().mean(), terms

    def g_turn(self, x: Tensor, moment: Moment) -> tuple[Tensor, Report]:
        fresh = self.generate(moment)
        turn = self.turn(x, fresh, moment)
        turn.critic = self.chain.fold("opponent", turn.critic, turn)
        loss = self.chain.fold("weigh", turn.g_losses(), turn).mean()
        terms = self.chain.terms("g_term", turn)
        return self.total(loss, terms), self.report(turn, {"loss": loss, **terms}, fresh)

    def bare(self, player: Player, x: Tensor, moment: Moment) -> Tensor:
        turn = self.turn(x, self.generate(moment), moment)
        return {"D": turn.d_losses, "G": turn.g_losses}[player]().mean()

    def report(self, turn: Turn, scalars: Tensors, fresh: Sample) -> Report:
        scores = {which: verdict.score.detach() for which, verdict in turn.verdicts.items()}
        return Report(scalars, fresh, turn.moment, scores)

    def turn(self, x: Tensor, fake: Sample, moment: Moment) -> Turn:
        data = Sample(x, torch.zeros_like(fake.z), torch.full_like(fake.origin, -1))
        real = self.chain.fold("view", data, moment)
        seen = self.chain.fold("view", fake, moment)
        turn = Turn(self, x, real, seen, moment)
        turn.made = fake
        return turn

    @staticmethod
    def total(loss: Tensor, terms: Tensors) -> Tensor:
        return sum(terms.values(), loss)

    def sampler(self) -> Sampler:
        """(tensors, n, generator) -> n samples, as the strategies want them shown."""
        return self.chain.fold("sampler", self._sample, self)

    def _sample(self, tensors: Tensors, n: int, generator: torch.Generator) -> Sample:
        with torch.no_grad():
            return self.in_batches(lambda moment: self.show(tensors, moment), n, tensors, generator)

    def show(self, tensors: Tensors, moment: Moment) -> Sample:
        """What G makes of the noise of a moment."""
        return functional_call(self, tensors, ("show", moment))

    def in_batches(self, show: Callable[[Moment], Sample], n: int, tensors: Tensors,
                   generator: torch.Generator) -> Sample:
        """n samples by ``show``, in batches, of the training size where a batch norm in G makes
        samples depend on it."""
        size, like = min(n, SHOWN), next(iter(tensors.values()))
        if batch_normalised(self.G):
            size = self.batch
        parts = []
        for _ in range(-(-n // size)):
            moment = self.moment(size, generator)
            noise = {name: t.to(like) for name, t in moment.noise.items()}
            parts.append(show(moment._replace(noise=noise)))
        return Sample(*(torch.cat(column)[:n] for column in zip(*parts, strict=True)))


def reach(module: nn.Module, name: str) -> Any:
    """A tensor of a module by its full name, whatever stands there for the moment."""
    return functools.reduce(getattr, name.split("."), module)


def batch_normalised(module: nn.Module) -> bool:
    """Whether an example's output depends on its batch through a batch norm."""
    return any(isinstance(m, nn.modules.batchnorm._BatchNorm) for m in module.modules())

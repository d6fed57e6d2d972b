"""A game between a generator and a critic, as pure functions of its tensors.

Every tensor that a turn uses is a named parameter or buffer of one module, so a checkpoint is its
``state_dict`` and training is ``functional_call``.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from mcgan.arch.base import Arch
from mcgan.gan.autodiff import Autodiff, Classic
from mcgan.gan.networks import Critic, Generator
from mcgan.gan.ranks import ALONE, Ranks
from mcgan.gan.turn import Turn, add_terms
from mcgan.objective import Objective
from mcgan.types import (
    PLAYERS,
    CriticCall,
    Draw,
    Moment,
    Player,
    Report,
    Sample,
    Sampler,
    Tensors,
    start_sample,
)

MakeGenerator = Callable[[int], nn.Module]  # latent width -> (z, origin) -> x
MakeCritic = Callable[[tuple[int, ...]], Critic]  # data shape -> critic


class Hooks(Protocol):
    """What a game asks of the strategies that change it; ``gan.chain.Chain`` is all of them."""

    strategies: tuple[Any, ...]

    def draws(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        """The random numbers that a turn needs, by `strategy.name`."""

    def generator(self, make: MakeGenerator) -> MakeGenerator:
        """How G is built; ``make`` takes the latent's width."""

    def discriminator(self, make: MakeCritic) -> MakeCritic:
        """How each critic is built; ``make`` takes the data's shape."""

    def add_critics(self, make: MakeCritic, shape: tuple[int, ...]) -> None:
        """Builds the additional critics that strategies ask for."""

    def setup(self, game: Game, data: Callable[[int], Tensor]) -> None:
        """Prepares the strategies for this game; ``data(n)`` draws real examples (n, *S)."""

    def latent(self, sample: Sample, moment: Moment) -> Sample:
        """Latents and origins before G."""

    def fakes(self, sample: Sample, moment: Moment) -> Sample:
        """Fakes for D's turn."""

    def view(self, sample: Sample, moment: Moment) -> Sample:
        """Examples as the critic sees them."""

    def opponent(self, critic: CriticCall, turn: Turn) -> CriticCall:
        """The critic that G plays against."""

    def weigh(self, losses: Tensor, turn: Turn, until: object = None) -> Tensor:
        """G's losses per score, weighted or chosen; only by strategies before ``until``."""

    def d_terms(self, turn: Turn, without: object = None) -> Tensors:
        """The terms () of D's loss by name, but for the strategy ``without``."""

    def g_terms(self, turn: Turn) -> Tensors:
        """The terms () of G's loss by name."""

    def after(self, player: Player, tensors: Tensors, report: Report, grads: Tensors) -> Tensors:
        """New values by tensor name, after a player's turn."""

    def shown(self, sample: Sample, moment: Moment) -> Sample:
        """Samples as they are shown."""

    def sampler(self, sample: Sampler, game: Game) -> Sampler:
        """How a trained generator is sampled."""

    def update(self, rule: Any, player: Player) -> Any:
        """A player's update rule."""

    def notes(self, game: Game) -> list[str]:
        """Sentences that a user should know of this game."""

    def having(self, hook: Callable[..., Any]) -> tuple[Any, ...]:
        """The strategies that change a hook."""

    def with_intervals(self) -> tuple[Any, ...]:
        """The strategies that act once every some steps."""

    def owned_by(self, player: Player) -> tuple[str, ...]:
        """Prefixes of the tensors of strategies that a player's rule moves."""


class Game(nn.Module):
    """Generator, critic, objective and the strategies' hooks.

    Args: ``shape`` of one example, ``batch`` size, ``steps`` of the run (one step = one generator
    update). ``autodiff`` is plain until the trainer vmaps or compiles.
    """

    def __init__(
        self,
        arch: Arch,
        objective: Objective,
        chain: Hooks,
        shape: tuple[int, ...],
        batch: int,
        steps: int,
    ) -> None:
        super().__init__()
        self.objective, self.shape, self.batch, self.steps = objective, shape, batch, steps
        self.latent, self.chain = arch.find_latent(shape), chain
        self.autodiff: Autodiff = Classic()
        self.ranks: Ranks = ALONE
        self.precision = torch.float32  # of the players' turns; or bfloat16
        self.reg = nn.ModuleDict({each.name: each for each in chain.strategies})
        build = chain.generator(lambda z: arch.drawn(Generator(arch.generator(z, shape))))
        self.G: nn.Module = build(self.latent)
        make = chain.discriminator(lambda s: arch.drawn(Critic(*arch.trunk(s))))
        chain.add_critics(make, shape)
        # D is built last: a strategy that remembers "the critic" remembers the one built last.
        self.D: Critic = make(shape)
        self.players = {player: self.owned(player) for player in PLAYERS}

    def critics(self) -> list[Critic]:
        """D, and the additional critics of the strategies."""
        return [self.D, *(critic for s in self.chain.strategies for critic in s.more)]

    def play_with(self, ranks: Ranks) -> None:
        """From now on a batch is what these processes have of it together."""
        self.ranks = ranks
        for each in (*self.critics(), *self.chain.strategies):
            each.play_with(ranks)

    def owned(self, player: Player) -> list[str]:
        """Names of the parameters that a player trains."""
        mine = (f"{player}.", *self.chain.owned_by(player))
        return [name for name, _ in self.named_parameters() if name.startswith(mine)]

    def setup(self, data: Callable[[int], Tensor]) -> None:
        """Let every strategy prepare itself on real data.

        Raises ValueError, with a sentence, for parts that cannot live together.
        """
        self.chain.setup(self, data)
        self.players = {player: self.owned(player) for player in PLAYERS}

    def notes(self) -> list[str]:
        """What the log should say once."""
        return self.chain.notes(self)

    def moment(self, batch: int, generator: torch.Generator) -> Moment:
        """Random numbers for showing samples, at the end of a run."""
        draws = self.draws(batch)
        noise = {name: draw.sample((), generator) for name, draw in draws.items()}
        return Moment(noise, torch.ones(()))

    def example(self) -> Sample:
        """A generated batch, for its shapes and types."""
        with torch.no_grad():
            return self.generate(self.moment(self.batch, torch.Generator()))

    def tensors(self) -> Tensors:
        """Every parameter and buffer by name."""
        return {**dict(self.named_parameters()), **dict(self.named_buffers())}

    def draws(self, batch: int) -> dict[str, Draw]:
        """Every random number of a turn: the latents and what the strategies need."""
        z = {"z": Draw((batch, self.latent), "normal")}
        return z | self.chain.draws(batch, self.shape)

    def forward(self, act: Callable[..., Any], *given: Any) -> Any:
        """``act(self, *given)``: ``functional_call`` runs a method of this class with other
        tensors, such as ``functional_call(game, tensors, (Game.play, "D", x, moment))``."""
        return act(self, *given)

    def play(self, player: Player, x: Tensor, moment: Moment) -> tuple[Tensor, Report]:
        """The loss of a player's turn on real data x (B, *S), and what was computed."""
        with self.arithmetic(self.precision):
            return self.d_turn(x, moment) if player == "D" else self.g_turn(x, moment)

    def arithmetic(self, precision: torch.dtype) -> AbstractContextManager[Any]:
        """Products and convolutions in ``precision``; weights and what is kept stay as they are."""
        if self.precision == torch.float32:
            return nullcontext()  # autocast takes its time even where it does nothing
        device = next(self.parameters()).device.type
        return torch.autocast(device, torch.bfloat16, enabled=precision == torch.bfloat16)

    def generate(self, moment: Moment) -> Sample:
        """A batch of fakes from the latents of a moment."""
        z = moment.noise["z"]
        sample = self.chain.latent(start_sample(z), moment)
        return sample._replace(x=self.G(sample.z, sample.origin).to(z))

    def show(self, moment: Moment) -> Sample:
        """A batch of samples as they are shown, from the random numbers of a moment."""
        return self.chain.shown(self.generate(moment), moment)

    def d_turn(self, x: Tensor, moment: Moment) -> tuple[Tensor, Report]:
        """D's turn: it learns to tell real examples x from G's fakes."""
        with torch.no_grad():
            fresh = self.generate(moment)
            fake = self.chain.fakes(fresh, moment)
        turn = self.turn(x, fake, moment)  # x and fake as D sees them
        terms = self.chain.d_terms(turn)  # first: a gradient in x shares its forward pass
        loss = turn.d_losses().mean()
        means = {f"score_{which}": out.score.mean() for which, out in turn.outputs.items()}
        return add_terms(loss, terms), report(turn, {"loss": loss, **means, **terms}, fresh)

    def g_turn(self, x: Tensor, moment: Moment) -> tuple[Tensor, Report]:
        """G's turn: it learns to make fakes that the critic takes for real."""
        fresh = self.generate(moment)
        turn = self.turn(x, fresh, moment)
        turn = turn.against(self.chain.opponent(turn.critic, turn))
        loss = self.chain.weigh(turn.g_losses(), turn).mean()
        terms = self.chain.g_terms(turn)
        return add_terms(loss, terms), report(turn, {"loss": loss, **terms}, fresh)

    def bare(self, player: Player, x: Tensor, moment: Moment) -> Tensor:
        """The objective's mean loss of a player on fresh fakes, without terms, in float32."""
        with self.arithmetic(torch.float32):
            turn = self.turn(x, self.generate(moment), moment)
            return (turn.d_losses() if player == "D" else turn.g_losses()).mean()

    def turn(self, x: Tensor, fake: Sample, moment: Moment) -> Turn:
        """The turn on real data x and on fakes, both as the critic sees them."""
        data = Sample(x, torch.zeros_like(fake.z), torch.full_like(fake.origin, -1))
        with self.arithmetic(torch.float32):  # what is shown is data, also to penalties
            real, seen = (self.chain.view(sample, moment) for sample in (data, fake))
        return Turn(self, x, real, fake, seen, moment, self.D)


def report(turn: Turn, scalars: Tensors, fresh: Sample) -> Report:
    """What a turn hands on: its scalars, the fresh sample, and scores without their graph."""
    scores = {which: output.score.detach() for which, output in turn.outputs.items()}
    return Report(scalars, fresh, turn.moment, scores)

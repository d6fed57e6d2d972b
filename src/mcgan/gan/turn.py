"""A player's turn: the batches that the critic sees, and what losses and strategies ask of them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.func import functional_call

from mcgan.gan.autodiff import Autodiff
from mcgan.gan.networks import Critic
from mcgan.gan.ranks import ALONE, Ranks
from mcgan.objective import Objective
from mcgan.types import CriticCall, CriticOutput, Moment, Player, Sample, Tensors

Rows = Callable[[Tensor], Tensor]


class Playing(Protocol):
    """What a turn asks of its game, a module; ``gan.game.Game`` is one."""

    G: nn.Module
    D: Critic
    objective: Objective
    autodiff: Autodiff
    ranks: Ranks
    players: dict[Player, list[str]]
    chain: Any  # the hooks of the strategies

    def arithmetic(self, precision: torch.dtype) -> AbstractContextManager[Any]:
        """A context in which networks compute in this precision."""

    def generate(self, moment: Moment) -> Sample:
        """Fresh fakes of G, drawn by the moment's random numbers."""

    def bare(self, player: Player, x: Tensor, moment: Moment) -> Tensor:
        """The objective's mean loss () of a player on fresh fakes, without strategies' terms."""


class Turn:
    """One player's move: both batches, and the critic's outputs, computed when first asked.

    ``real`` and ``fake`` are as the critic sees them, ``raw_real`` and ``raw_fake`` as they came.
    ``main`` is False when the turn is replayed for an additional critic: terms that do not depend
    on the critic must then be None, or they would be added once per critic.
    """

    def __init__(
        self,
        game: Playing,
        raw_real: Tensor,
        real: Sample,
        raw_fake: Sample,
        fake: Sample,
        moment: Moment,
        critic: CriticCall,
        main: bool = True,
    ) -> None:
        self.real, self.fake, self.moment = real, fake, moment
        self.raw_real, self.raw_fake, self.main = raw_real, raw_fake, main
        self._game, self._critic = game, critic
        self.outputs: dict[str, CriticOutput] = {}
        self._gradients: dict[str, Tensor] = {}
        self._remembered: dict[str, Any] = {}

    @property
    def critic(self) -> CriticCall:
        """The critic of this turn. It never changes, since outputs of it may be kept already."""
        return self._critic

    def on(self, which: str) -> CriticOutput:
        """The critic's output on 'real' or 'fake'."""
        if which not in self.outputs:
            x = {"real": self.real, "fake": self.fake}[which].x
            self.outputs[which] = CriticOutput(*(part.to(x) for part in self.critic(x)))
        return self.outputs[which]

    @property
    def on_real(self) -> CriticOutput:
        """The critic's output on real examples."""
        return self.on("real")

    @property
    def on_fake(self) -> CriticOutput:
        """The critic's output on fakes."""
        return self.on("fake")

    def input_gradient(self, which: str) -> Tensor:
        """`input_gradient_at` for 'real' or 'fake', in the forward pass of the output."""
        if which not in self._gradients:
            x = {"real": self.real, "fake": self.fake}[which].x
            self._gradients[which], output = self.input_gradient_at(x)
            self.outputs.setdefault(which, output)
        return self._gradients[which]

    def input_gradient_at(self, x: Tensor) -> tuple[Tensor, CriticOutput]:
        """The gradient at x of the summed scores, a row for each score (B or packs, rest); and
        the output there. Where scores depend on the whole batch, cross terms are included."""

        def total(x: Tensor) -> tuple[Tensor, CriticOutput]:
            output = self.critic(x)
            return output.score.sum(), output

        with self._game.arithmetic(torch.float32):  # a penalty's gradient of a gradient needs it
            gradient, output = self._game.autodiff.of_input(total, x)
        return gradient.reshape(output.score.shape[0], -1), output

    def once(self, name: str, compute: Callable[[], Any]) -> Any:
        """What ``compute`` returns, computed when a hook first asks for it by this name; a turn
        against another critic remembers it too."""
        if name not in self._remembered:
            self._remembered[name] = compute()
        return self._remembered[name]

    def before(self, critic: CriticCall) -> Turn:
        """The same batches before an additional critic, with nothing computed yet."""
        return self._again(critic, main=False)

    def against(self, critic: CriticCall) -> Turn:
        """The same turn with a critic in the place of D, with no output computed yet."""
        turn = self._again(critic, self.main)
        turn._remembered = self._remembered
        return turn

    def _again(self, critic: CriticCall, main: bool) -> Turn:
        return Turn(
            self._game,
            self.raw_real,
            self.real,
            self.raw_fake,
            self.fake,
            self.moment,
            critic,
            main,
        )

    def d_losses(self) -> Tensor:
        """The objective's losses of D, per score."""
        whole, part = self._ways_of_scores()
        losses = self._game.objective.d_loss(whole(self.on_real.score), whole(self.on_fake.score))
        return part(losses)

    def g_losses(self) -> Tensor:
        """The objective's losses of G, per score."""
        objective = self._game.objective
        whole, part = self._ways_of_scores()
        real = whole(self.on_real.score) if objective.paired else None
        return part(objective.g_loss(real, whole(self.on_fake.score)))

    def _ways_of_scores(self) -> tuple[Rows, Rows]:
        """To the scores that a loss compares, and back to those of this process."""
        ranks = self._game.ranks if self._game.objective.spans_batch else ALONE
        return ranks.whole, ranks.part

    def whole(self, rows: Tensor) -> Tensor:
        """The rows (B, ...) of the whole batch, where several processes play parts of it."""
        return self._game.ranks.whole(rows)

    def part(self, rows: Tensor) -> Tensor:
        """The rows of this turn among those of the whole batch (B, ...)."""
        return self._game.ranks.part(rows)

    def d_loss(self, without: object) -> Tensor:
        """All that D minimises in this turn, but for the term of the strategy ``without``."""
        terms: Tensors = self._game.chain.d_terms(self, without)
        return add_terms(self.d_losses().mean(), terms)

    def generate(self, z: Tensor) -> Sample:
        """Fakes of other latents (B, Z) as they are drawn; the other random numbers of the turn
        stay what they are."""
        noise = {**self.moment.noise, "z": z}
        return self._game.generate(self.moment._replace(noise=noise))

    def make(self, z: Tensor, origin: Tensor) -> Tensor:
        """Fakes (B, *S) of latents (B, Z) and origins (B,) as G gets them, of a ``Sample``."""
        x: Tensor = self._game.G(z, origin)
        return x.to(z)

    def weighed_g_losses(self, until: object) -> Tensor:
        """G's losses per score as the strategies before ``until`` weigh them."""
        losses: Tensor = self._game.chain.weigh(self.g_losses(), self, until)
        return losses

    def params(self, player: Player) -> Tensors:
        """A player's current parameters by their full names."""
        game: Any = self._game
        return {name: reach(game, name) for name in game.players[player]}

    def loss_with(self, player: Player, params: Tensors) -> Tensor:
        """The objective's mean loss of a player on this turn's data, latents and noise, with some
        parameters replaced; fresh fakes, differentiable in all parameters, without terms."""
        game: Any = self._game
        given = (bare_loss, player, self.raw_real, self.moment)
        loss: Tensor = functional_call(game, params, given)
        return loss

    def d_loss_with(self, params: Tensors) -> Tensor:
        """D's mean loss () by the objective with some parameters of D replaced, on this turn's
        batches as given: gradients reach the parameters, and no other player by the batches."""
        real, fake = (sample._replace(x=sample.x.detach()) for sample in (self.real, self.fake))
        with self._game.arithmetic(torch.float32):
            given = Turn(
                self._game,
                self.raw_real,
                real,
                self.raw_fake,
                fake,
                self.moment,
                self.critic_with(params),
                self.main,
            )
            return given.d_losses().mean()

    def critic_with(self, params: Tensors) -> CriticCall:
        """The critic with some parameters, by their full names, replaced."""
        return critic_with(self._game.D, params)

    def gradient(self, loss: Callable[[Tensors], Tensor], at: Tensors) -> Tensors:
        """The gradient in parameters of a mean loss over the whole batch, differentiable again."""
        return self._game.ranks.mean(self._game.autodiff.of_params(loss, at))


def bare_loss(game: Playing, player: Player, x: Tensor, moment: Moment) -> Tensor:
    """``Game.bare`` as a function, for ``functional_call``."""
    return game.bare(player, x, moment)


def add_terms(loss: Tensor, terms: Tensors) -> Tensor:
    """A mean loss plus all terms."""
    return sum(terms.values(), loss)


def critic_with(critic: nn.Module, tensors: Tensors) -> CriticCall:
    """D as a function x (B, *S) -> CriticOutput with the given tensors, by their full names."""
    own = critic_tensors(tensors)
    return lambda x: functional_call(critic, own, (x,))


def critic_tensors(tensors: Tensors) -> Tensors:
    """D's tensors among those of a game, by the names that D itself has for them."""
    return {name.removeprefix("D."): t for name, t in tensors.items() if name.startswith("D.")}


def reach(module: nn.Module, name: str) -> Any:
    """A tensor of a module by its full name, whatever stands there for the moment."""
    return functools.reduce(getattr, name.split("."), module)

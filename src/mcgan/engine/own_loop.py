"""The strategies in somebody's own loop, with own nets and optimisers: ``mcgan.game``."""

from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor, nn

from mcgan.arch.given import evaluating
from mcgan.engine.draws import TurnDraws, stream
from mcgan.engine.own_parts import DrawData
from mcgan.engine.own_rule import OwnRule, change_rules, read_gradients
from mcgan.errors import UserError, check_count
from mcgan.gan.game import Game
from mcgan.gan.sampling import sampler
from mcgan.gan.strategy import Strategy
from mcgan.optim import Optim
from mcgan.types import PLAYERS, Moment, Player, Report, Tensors


class OwnLoop:
    """A game between your nets, played by your loop; made by ``mcgan.game``.

    generator    the module (z, origin) -> x that is trained: around yours, or of several
    critic       the module x -> (score, features) around your trunk
    notes        what is doubtful about this game, in sentences
    count        steps done so far: turns of G that ``after`` was told of
    """

    def __init__(
        self, game: Game, optim: Optim, draw: DrawData, seed: int, notes: Sequence[str]
    ) -> None:
        self.game, self.seed, self.count, self._draw = game, seed, 0, draw
        self.generator, self.critic = game.G, game.D
        self._changed = change_rules(game.chain.having(Strategy.update), optim)
        self.notes = [*game.notes(), *notes, *self._changed.notes()]
        self._rules: dict[Player, OwnRule] = {}  # those in use
        self._start_draws()

    def __repr__(self) -> str:
        name = type(self.game.objective).__name__
        return (
            f"mcgan.game: {name}, reg {' + '.join(self.game.reg) or 'none'}, examples "
            f"{self.game.shape}, batch {self.game.batch}, step {self.count:,} of "
            f"{self.game.steps:,}"
        )

    def __call__(self, player: Player, x: Tensor, moment: Moment) -> tuple[Tensor, Report]:
        """The loss () of a player's turn on real examples x (batch, *S), and what was computed.

        Call ``backward`` on the loss, step the player's optimiser, then call ``after``.
        ``report.scalars`` has the objective's loss, mean scores and every strategy's term.
        """
        check_player(player)
        like = next(self.game.parameters())
        if not isinstance(x, Tensor) or x.dtype != like.dtype:
            kind = x.dtype if isinstance(x, Tensor) else type(x).__name__
            raise UserError(
                f"a turn takes real examples as a torch tensor of {like.dtype}, not "
                f"{kind}: give torch.as_tensor(x).to({like.dtype})"
            )
        if tuple(x.shape) != (self.game.batch, *self.game.shape):
            raise UserError(
                f"a turn takes real examples {(self.game.batch, *self.game.shape)}, "
                f"not {tuple(x.shape)}: choose batch= to match, and drop_last=True "
                "where a DataLoader ends with a smaller batch"
            )
        return self.game.play(player, x, moment)

    @property
    def turns(self) -> list[Player]:
        """The players of the step after the ``count`` that are done, in order; "G" comes last."""
        return self.game.objective.turns(self.count)

    def moment(self, step: int, turn: int = 0) -> Moment:
        """The random numbers of one turn of a step, and the share of the run that is done.

        A function of (seed, step, turn), with ``turn`` the place in ``turns``: the same as of
        `mcgan train`. Without ``turn`` all turns of a step see the same latents. Raises UserError
        where the step has no such turn.
        """
        count = len(self.game.objective.turns(step))
        if not 0 <= turn < count:
            raise UserError(
                f"step {step} has {count} turns, and there is no turn {turn}: give the "
                "place in game.turns, counted from 0"
            )
        _, noise = self._draws(step, turn)
        return Moment(noise, self._share_done(step))

    def parameters(self, player: Player) -> list[nn.Parameter]:
        """The weights that a player trains, for its optimiser; strategies' own are among them."""
        check_player(player)
        return list(self._name_parameters(player).values())

    @torch.no_grad()
    def after(self, player: Player, report: Report) -> None:
        """Lets strategies do what they do after a player's turn (averages, buffers, clipping).

        Call it once the optimiser has stepped and before gradients are set to zero, since
        strategies may read them. A turn of G ends a step. Raises UserError where a strategy
        changes the update rule and the player does not move by ``rule``.
        """
        if self._changed.changers[player] and player not in self._rules:
            raise UserError(self._changed.warn(player))
        grads = read_gradients(self._name_parameters(player))
        self._write(self.game.chain.after(player, self.game.tensors(), report, grads))
        if player == "G":
            self.count += 1
            self._renew()

    def rule(self, player: Player) -> OwnRule:
        """The command line's update rule for a player, changed by strategies, as an optimiser.

        ``words=["optim=adam", "optim.lr=1e-3"]`` sets it. Its state is part of ``state_dict``.
        """
        check_player(player)
        if player not in self._rules:
            rule = self._changed.rules[player]
            self._rules[player] = OwnRule(
                rule, self._name_parameters(player), lambda: self._share_done(self.count)
            )
        return self._rules[player]

    def sample(self, n: int, seed: int = 0) -> Tensor:
        """n generated examples (n, *S), as strategies want them drawn; G in evaluation mode."""
        check_count(n, "examples")
        with evaluating(self.game):
            return sampler(self.game)(self.game.tensors(), n, stream(seed, "sample")).x

    def to(self, device: str | torch.device) -> "OwnLoop":
        """The game itself, moved to a device with all states. Make the optimisers afterwards."""
        self.game.to(device)
        for rule in self._rules.values():
            rule.to(device)
        self._start_draws()
        return self

    def state_dict(self) -> Tensors:
        """All tensors that the next turn depends on, not copied; your optimisers have their own."""
        rules = {
            f"rule.{player}.{name}": tensor
            for player, rule in self._rules.items()
            for name, tensor in rule.name_state()
        }
        tensors = {name: t.detach() for name, t in self.game.tensors().items()}
        return {**tensors, **rules, "count": torch.tensor(self.count)}

    @torch.no_grad()
    def load_state_dict(self, saved: Tensors) -> None:
        """Takes up a ``state_dict`` of the same game. Raises UserError for another's."""
        for player in PLAYERS:
            if any(name.startswith(f"rule.{player}.") for name in saved):
                self.rule(player)
        now = self.state_dict()
        odd = [
            name
            for name in {**now, **saved}
            if name not in now or name not in saved or now[name].shape != saved[name].shape
        ]
        if odd:
            raise UserError(
                f"the state is of another game, {odd[0]} differs: build the game with "
                "the same nets and the same words, and use the same rules"
            )
        for name, tensor in now.items():
            tensor.copy_(saved[name])
        self.count = int(saved["count"])

    def _name_parameters(self, player: Player) -> dict[str, nn.Parameter]:
        names = {*self.game.owned(player)}
        return {name: p for name, p in self.game.named_parameters() if name in names}

    def _start_draws(self) -> None:
        like = next(self.game.parameters()).detach()
        values = max(1, like.new_empty(self.game.shape, device="meta").numel())
        self._draws = TurnDraws(
            self.game.objective,
            [lambda n, _: torch.zeros(n, 0)],
            self.game.draws(self.game.batch),
            [self.seed],
            self.game.batch,
            like,
            False,
            values,
        )

    def _share_done(self, step: int) -> Tensor:
        """The share () of the run that is done, beside the networks."""
        place = next(self.game.parameters()).device
        return torch.full((), step / self.game.steps, dtype=torch.float32, device=place)

    def _renew(self) -> None:
        """The rare moment between steps of the strategies that ask for one."""
        for strategy in self.game.chain.with_intervals():
            if self.count % strategy.period == 0:
                data = partial(self._real, stream(self.seed, f"renew.{strategy.name}", self.count))
                tensors = {name: t.detach() for name, t in self.game.tensors().items()}
                self._write(strategy.on_interval(self.game, tensors, data))

    def _real(self, generator: torch.Generator, n: int) -> Tensor:
        return self._draw(n, generator).to(next(self.game.parameters()))

    def _write(self, changed: Tensors) -> None:
        tensors = self.game.tensors()
        for name, value in changed.items():
            tensors[name].copy_(value)


def check_player(player: str) -> None:
    """Raises UserError for what is no player."""
    if player not in PLAYERS:
        raise UserError(f"there is no player {player!r}: take one of game.turns, 'D' or 'G'")

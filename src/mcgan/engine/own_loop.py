"""The strategies in somebody's own loop, with own nets and optimisers: ``mcgan.game``."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from mcgan.arch.given import GivenNets, MakeGenerator, MakeTrunk, evaluating
from mcgan.engine.draws import TurnDraws, stream
from mcgan.engine.own_parts import DrawData, Reg, build_parts, draw_by, find_shape
from mcgan.engine.own_rule import OwnRule, change_rules, read_gradients
from mcgan.engine.seeded_game import make_game
from mcgan.errors import UserError, at_least, check_count, short_traceback
from mcgan.gan.chain import Chain
from mcgan.gan.game import Game
from mcgan.gan.sampling import sampler
from mcgan.gan.strategy import Strategy
from mcgan.objective import Objective
from mcgan.optim import Optim
from mcgan.types import PLAYERS, Moment, Player, Report, Tensors


@short_traceback()
def game(*, generator: nn.Module | MakeGenerator, trunk: nn.Module | MakeTrunk, features: int,
         latent: int, data: Callable[[int], Any] | Any,
         objective: str | Objective = "non_saturating", reg: Reg = (), words: Sequence[str] = (),
         batch: int = 64, steps: int = 10_000, seed: int = 0) -> "OwnLoop":
    """A game to be played in your own loop: losses with all that strategies add to them.

    Args:
        generator: a module z (B, latent) -> x (B, *S), or a function latent width -> module.
        trunk: a module x (B, *S) -> features (B, features), or a function shape -> module. A
            linear head follows it, which the game builds.
        data: a function n -> real examples (n, *S), or a tensor or array of examples (N, *S);
            for shapes, and for strategies that look at real data.
        objective, reg: as on the command line: "wgan_gp", "[r1,r2]", ["minibatch",
            "reg.minibatch.kernels=8"]; or objects. An objective brings the strategies that it
            brings there. Objects come after names.
        words: further settings, such as "reg.r1.gamma=0.1" or "optim=sgd" (for ``rule``).
        batch, steps: the size of every batch, and the length of the run that schedules go by.
        seed: of the head's weights, the strategies' own, and all random numbers of the turns.

    A module is trained in place where the game needs one of its kind; strategies may build copies
    or a stack of several (see ``mcgan.arch.given``), so train ``game.parameters(player)``. Build
    the game on the CPU, then move it with ``.to``, then make the optimisers. Raises UserError for
    what the command line would refuse and for nets that do not fit.

    >>> import mcgan, torch
    >>> from torch import nn
    >>> x = torch.randn(256, 2)
    >>> trunk = nn.Sequential(nn.Linear(2, 16), nn.ReLU())
    >>> game = mcgan.game(generator=nn.Linear(8, 2), trunk=trunk, features=16, latent=8,
    ...                   data=x, objective="rpgan", reg=["r1", "r2"])
    >>> optimisers = {p: torch.optim.Adam(game.parameters(p)) for p in ("D", "G")}
    >>> for step in range(2):
    ...     for turn, player in enumerate(game.turns):
    ...         loss, report = game(player, x[:64], game.moment(step, turn))
    ...         optimisers[player].zero_grad()
    ...         loss.backward()
    ...         optimisers[player].step()
    ...         game.after(player, report)
    >>> sorted(report.scalars), game.sample(5).shape
    (['loss'], torch.Size([5, 2]))
    """
    parts, draw = build_parts(objective, reg, words), draw_by(data)
    try:
        at_least(1, batch=batch, steps=steps)
        shape = find_shape(draw, stream(seed, "ready"))
        nets = GivenNets(generator, trunk, features, latent, shape)
    except ValueError as error:
        raise UserError(str(error)) from error
    made = make_game(seed, lambda: Game(nets, parts.objective, Chain(parts.strategies, latent),
                                        shape, batch, steps), draw)
    return OwnLoop(made, parts.optim, draw, seed, nets.notes)


class OwnLoop:
    """A game between your nets, played by your loop; made by ``mcgan.game``.

    generator    the module (z, origin) -> x that is trained: around yours, or of several
    critic       the module x -> (score, features) around your trunk
    notes        what is doubtful about this game, in sentences
    count        steps done so far: turns of G that ``after`` was told of
    """

    def __init__(self, game: Game, optim: Optim, draw: DrawData, seed: int, notes: Sequence[str]
                 ) -> None:
        self.game, self.seed, self.count, self._draw = game, seed, 0, draw
        self.generator, self.critic = game.G, game.D
        self._changed = change_rules(game.chain.having(Strategy.update), optim)
        self.notes = [*game.notes(), *notes, *self._changed.notes()]
        self._rules: dict[Player, OwnRule] = {}  # those in use
        self._start_draws()

    def __repr__(self) -> str:
        name = type(self.game.objective).__name__
        return (f"mcgan.game: {name}, reg {' + '.join(self.game.reg) or 'none'}, examples "
                f"{self.game.shape}, batch {self.game.batch}, step {self.count:,} of "
                f"{self.game.steps:,}")

    def __call__(self, player: Player, x: Tensor, moment: Moment) -> tuple[Tensor, Report]:
        """The loss () of a player's turn on real examples x (batch, *S), and what was computed.

        Call ``backward`` on the loss, step the player's optimiser, then call ``after``.
        ``report.scalars`` has the objective's loss, mean scores and every strategy's term.
        """
        check_player(player)
        like = next(self.game.parameters())
        if not isinstance(x, Tensor) or x.dtype != like.dtype:
            kind = x.dtype if isinstance(x, Tensor) else type(x).__name__
            raise UserError(f"a turn takes real examples as a torch tensor of {like.dtype}, not "
                            f"{kind}: give torch.as_tensor(x).to({like.dtype})")
        if tuple(x.shape) != (self.game.batch, *self.game.shape):
            raise UserError(f"a turn takes real examples {(self.game.batch, *self.game.shape)}, "
                            f"not {tuple(x.shape)}: choose batch= to match, and drop_last=True "
                            "where a DataLoader ends with a smaller batch")
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
            raise UserError(f"step {step} has {count} turns, and there is no turn {turn}: give the "
                            "place in game.turns, counted from 0")
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
            self._rules[player] = OwnRule(rule, self._name_parameters(player),
                                          lambda: self._share_done(self.count))
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
        rules = {f"rule.{player}.{name}": tensor for player, rule in self._rules.items()
                 for name, tensor in rule.name_state()}
        tensors = {name: t.detach() for name, t in self.game.tensors().items()}
        return {**tensors, **rules, "count": torch.tensor(self.count)}

    @torch.no_grad()
    def load_state_dict(self, saved: Tensors) -> None:
        """Takes up a ``state_dict`` of the same game. Raises UserError for another's."""
        for player in PLAYERS:
            if any(name.startswith(f"rule.{player}.") for name in saved):
                self.rule(player)
        now = self.state_dict()
        odd = [name for name in {**now, **saved}
               if name not in now or name not in saved or now[name].shape != saved[name].shape]
        if odd:
            raise UserError(f"the state is of another game, {odd[0]} differs: build the game with "
                            "the same nets and the same words, and use the same rules")
        for name, tensor in now.items():
            tensor.copy_(saved[name])
        self.count = int(saved["count"])

    def _name_parameters(self, player: Player) -> dict[str, nn.Parameter]:
        names = {*self.game.owned(player)}
        return {name: p for name, p in self.game.named_parameters() if name in names}

    def _start_draws(self) -> None:
        like = next(self.game.parameters()).detach()
        values = max(1, like.new_empty(self.game.shape, device="meta").numel())
        self._draws = TurnDraws(self.game.objective, [lambda n, _: torch.zeros(n, 0)],
                                self.game.draws(self.game.batch), [self.seed], self.game.batch,
                                like, False, values)

    def _share_done(self, step: int) -> Tensor:
        """The share () of the run that is done."""
        return torch.tensor(step / self.game.steps, dtype=torch.float32)

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

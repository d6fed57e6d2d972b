"""All strategies of a game as one: each hook is folded over them in the order given."""

from collections.abc import Callable
from itertools import takewhile
from typing import Any, TypeVar

from torch import Tensor

from mcgan.gan.compatibility import check_company, check_objective, doubts
from mcgan.gan.game import Game, MakeCritic, MakeGenerator
from mcgan.gan.mistakes import HOOKS, check_built, check_changed, check_draws, check_term
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.rule import Rule
from mcgan.types import CriticCall, Draw, Moment, Player, Report, Sample, Sampler, Tensors

Value = TypeVar("Value")


class Chain:
    """The strategies in their order; ``latent`` is the width of the latents as they are drawn.

    It has the hooks of a strategy. A hook that no strategy overrides costs nothing.
    """

    def __init__(self, strategies: dict[str, Strategy], latent: int) -> None:
        for name, strategy in strategies.items():
            check_built(f"reg.{name}", strategy)
            strategy.name, strategy.z_width = name, latent
        self.strategies = tuple(strategies.values())
        self._having = {hook: self._overriders(hook) for hook in HOOKS.values()}

    def _overriders(self, hook: Callable[..., Any]) -> tuple[Strategy, ...]:
        return tuple(s for s in self.strategies if getattr(type(s), hook.__name__) is not hook)

    def having(self, hook: Callable[..., Any]) -> tuple[Strategy, ...]:
        """The strategies that override a hook such as ``Strategy.view``, in order."""
        return self._having[hook]

    def _fold(self, hook: Callable[..., Any], value: Value, *rest: Any) -> Value:
        """The value after each strategy's hook, one after the other."""
        for strategy in self._having[hook]:
            value = getattr(strategy, hook.__name__)(value, *rest)
        return value

    def draws(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        """All random numbers that a turn needs, as 'strategy.what'."""
        drawn = {s.name: s.noise(batch, shape) for s in self.having(Strategy.noise)}
        for name, declared in drawn.items():
            check_draws(f"reg.{name}", declared)
        return {
            f"{name}.{what}": draw
            for name, declared in drawn.items()
            for what, draw in declared.items()
        }

    def generator(self, make: MakeGenerator) -> MakeGenerator:
        """How G is built, after every strategy has changed it."""
        return self._fold(Strategy.generator, make)

    def discriminator(self, make: MakeCritic) -> MakeCritic:
        """How each critic is built, after every strategy has changed it."""
        return self._fold(Strategy.discriminator, make)

    def update(self, rule: Rule, player: Player) -> Rule:
        """A player's update rule, with every strategy's around it."""
        return self._fold(Strategy.update, rule, player)

    def latent(self, sample: Sample, moment: Moment) -> Sample:
        """Latents and origins as the last strategy leaves them."""
        return self._fold(Strategy.latent, sample, moment)

    def fakes(self, sample: Sample, moment: Moment) -> Sample:
        """Fakes for D's turn as the last strategy leaves them."""
        return self._fold(Strategy.fakes, sample, moment)

    def view(self, sample: Sample, moment: Moment) -> Sample:
        """Examples as the critic sees them."""
        return self._fold(Strategy.view, sample, moment)

    def opponent(self, critic: CriticCall, turn: Turn) -> CriticCall:
        """The critic that G plays against."""
        return self._fold(Strategy.opponent, critic, turn)

    def weigh(self, losses: Tensor, turn: Turn, until: object = None) -> Tensor:
        """G's losses per score as the strategies weigh them, in order, up to one of them."""
        for strategy in takewhile(lambda each: each is not until, self.having(Strategy.weigh)):
            losses = strategy.weigh(losses, turn)
        return losses

    def shown(self, sample: Sample, moment: Moment) -> Sample:
        """Samples as the last strategy shows them."""
        return self._fold(Strategy.shown, sample, moment)

    def sampler(self, sample: Sampler, game: Game) -> Sampler:
        """How a trained generator is sampled."""
        return self._fold(Strategy.sampler, sample, game)

    def d_terms(self, turn: Turn, without: object = None) -> Tensors:
        """Each strategy's term of D's loss by its name, but for the strategy ``without``."""
        asked = [s for s in self.having(Strategy.d_term) if s is not without]
        return present("d_term", {s.name: s.d_term(turn) for s in asked})

    def g_terms(self, turn: Turn) -> Tensors:
        """Each strategy's term of G's loss by its name."""
        return present("g_term", {s.name: s.g_term(turn) for s in self.having(Strategy.g_term)})

    def after(self, player: Player, tensors: Tensors, report: Report, grads: Tensors) -> Tensors:
        """Everybody's new tensors; a later strategy sees an earlier one's."""
        changed: Tensors = {}
        for strategy in self.having(Strategy.after):
            new = strategy.after(player, {**tensors, **changed}, report, grads)
            check_changed(f"reg.{strategy.name}", new, tensors)
            changed |= new
        return changed

    def with_intervals(self) -> tuple[Strategy, ...]:
        """The strategies that are to be called between steps."""
        return tuple(s for s in self.having(Strategy.on_interval) if s.period)

    def add_critics(self, make: MakeCritic, shape: tuple[int, ...]) -> None:
        """Builds the additional critics that strategies ask for."""
        for strategy in self.strategies:
            strategy.more.extend(make(shape) for _ in range(strategy.extra_critics()))

    def owned_by(self, player: Player) -> tuple[str, ...]:
        """How the names of the parameters begin that strategies let a player train."""
        return tuple(s.key("") for s in self.strategies if s.owner == player)

    def setup(self, game: Game, data: Callable[[int], Tensor]) -> None:
        """Lets every strategy prepare itself; those that copy weights come last, since the others
        may still build networks. Raises ValueError, with a sentence, for parts that cannot live
        together."""
        check_objective(game)
        for strategy in sorted(self.strategies, key=lambda each: each.copies):
            try:
                strategy.setup(game, data)
            except ValueError as error:
                raise ValueError(f"reg.{strategy.name}: {error}") from error
        check_company(game, self.strategies)

    def notes(self, game: Game) -> list[str]:
        """What the log should say once."""
        return doubts(game, self.strategies)


def present(hook: str, terms: dict[str, Tensor | None]) -> Tensors:
    """Those terms of a hook that are not None. Raises UserError for one that is no number."""
    for name, term in terms.items():
        check_term(f"reg.{name}", hook, term)
    return {name: term for name, term in terms.items() if term is not None}

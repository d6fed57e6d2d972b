"""What a strategy may do to a game: a handful of hooks, the identity by default.

Letters of shapes: B batch, Z latent, F features, *S data shape, K modes or kernels, N replicas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

import torch
from torch import Tensor, nn

from mcgan.schedule import Number, now

if TYPE_CHECKING:
    from mcgan.gan.game import Critic, Game, Turn
    from mcgan.optim import Rule

Player = Literal["D", "G"]
Tensors = dict[str, Tensor]
Noise = dict[str, Tensor]


class Sample(NamedTuple):
    """Examples and where they come from."""

    x: Tensor  # (B, *S)
    z: Tensor  # (B, Z) the latents they were made of; zeros for real data
    origin: Tensor  # (B,) int64: which generator, cluster or age; -1 for real data


class Verdict(NamedTuple):
    """What a critic says of a batch; a critic of packs has fewer scores than examples."""

    score: Tensor  # (B,) logits
    features: Tensor  # (B, F) of the trunk


class Draw(NamedTuple):
    """A random number that a strategy needs in every turn: its shape and distribution."""

    shape: tuple[int, ...]
    kind: Literal["uniform", "normal"] = "uniform"

    def sample(self, lead: tuple[int, ...], generator: torch.Generator) -> Tensor:
        draw = {"uniform": torch.rand, "normal": torch.randn}[self.kind]
        return draw((*lead, *self.shape), generator=generator)


class Moment(NamedTuple):
    """What a turn is given besides data: its random numbers, and where in the run it is."""

    noise: Noise  # 'z' and 'strategy.what'
    progress: Tensor  # (), share of the run done

    def now(self, setting: Number) -> Tensor | float:
        """A setting's value at this moment."""
        return now(setting, self.progress)


class Report(NamedTuple):
    """What a turn saw, for the log and for ``after``."""

    scalars: Tensors  # 0-dim each: loss, scores, every strategy's term
    fake: Sample  # as the generator made them, before ``fakes`` and ``view``
    moment: Moment
    scores: Mapping[str, Tensor] = MappingProxyType({})  # (B,) by "real", "fake", if asked for


MakeGenerator = Callable[[int], nn.Module]  # latent width -> (z, origin) -> x
MakeCritic = Callable[[tuple[int, ...]], "Critic"]  # data shape -> critic
Sampler = Callable[[Tensors, int, torch.Generator], Sample]


@dataclass(eq=False, repr=False)
class Strategy(nn.Module):
    """Base of every strategy: a dataclass of settings and a module of tensors.

    Hooks are pure: no in-place writes, no ``.item()``, no drawing of random numbers, because they
    are differentiated, vmapped and compiled. State is a buffer; only ``ready`` and ``after`` give
    it new values. ``name`` is its key under ``reg``, set when the game is built.
    """

    name: ClassVar[str] = ""
    z_width: ClassVar[int] = 0  # of the latents as they are drawn, set with the name
    owner: ClassVar[Player] = "G"  # who trains the strategy's own parameters
    period: ClassVar[int] = 0  # steps between calls of ``renew``; a setting may hide it
    off: ClassVar[dict[str, Any]] = {}  # settings that make it do nothing
    copies: ClassVar[bool] = False  # whether ``ready`` copies weights: then it is asked last

    def __post_init__(self) -> None:
        super().__init__()
        self.notes: list[str] = []  # what the log should say once
        self.more = nn.ModuleList()  # the critics that ``beside`` asks for

    def key(self, tensor: str) -> str:
        """The full name of one of the strategy's tensors."""
        return f"reg.{self.name}.{tensor}"

    def drawn(self, moment: Moment, what: str) -> Tensor:
        """The strategy's own random numbers of this turn."""
        return moment.noise[f"{self.name}.{what}"]

    # build
    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]: return {}
    def generator(self, make: MakeGenerator) -> MakeGenerator: return make
    def discriminator(self, make: MakeCritic) -> MakeCritic: return make
    def beside(self) -> int: return 0  # critics built like D, with weights of their own
    def update(self, rule: Rule, player: Player) -> Rule: return rule
    def ready(self, game: Game, data: Callable[[int], Tensor]) -> None: return None
    # see
    def latent(self, sample: Sample, moment: Moment) -> Sample: return sample
    def fakes(self, sample: Sample, moment: Moment) -> Sample: return sample
    def view(self, sample: Sample, moment: Moment) -> Sample: return sample
    def opponent(self, critic: CriticCall, turn: Turn) -> CriticCall: return critic
    # score
    def weigh(self, losses: Tensor, turn: Turn) -> Tensor: return losses
    def d_term(self, turn: Turn) -> Tensor | None: return None
    def g_term(self, turn: Turn) -> Tensor | None: return None
    # after a turn: new values by tensor name
    def after(self, player: Player, tensors: Tensors, report: Report, grads: Tensors) -> Tensors:
        return {}
    # between steps, every ``period`` of them: one replica, eager, free to do what no turn may
    def renew(self, game: Game, tensors: Tensors, data: Callable[[int], Tensor]) -> Tensors:
        return {}
    # show
    def sampler(self, sample: Sampler, game: Game) -> Sampler: return sample


CriticCall = Callable[[Tensor], Verdict]


class Chain:
    """Folds the strategies' hooks in the order given; hooks nobody overrides cost nothing."""

    def __init__(self, strategies: Iterable[Strategy]) -> None:
        self.strategies = tuple(strategies)
        names = [n for n in vars(Strategy) if not n.startswith("_")]
        self._overriders = {name: self._who(name) for name in names}

    def _who(self, hook: str) -> tuple[Strategy, ...]:
        base = getattr(Strategy, hook)
        return tuple(s for s in self.strategies if getattr(type(s), hook) is not base)

    def fold(self, hook: str, value: Any, *rest: Any) -> Any:
        """value -> hook(value, *rest) through every strategy that has the hook."""
        for strategy in self._overriders[hook]:
            value = getattr(strategy, hook)(value, *rest)
        return value

    def terms(self, hook: str, turn: Turn, besides: Strategy | None = None) -> Tensors:
        """Each strategy's term of the loss, by the strategy's name."""
        asked = [s for s in self._overriders[hook] if s is not besides]
        found = {s.name: getattr(s, hook)(turn) for s in asked}
        return {name: term for name, term in found.items() if term is not None}

    def having(self, hook: str) -> tuple[Strategy, ...]:
        """Those that override a hook, in order."""
        return self._overriders[hook]

    def renewers(self) -> tuple[Strategy, ...]:
        """Those that want a moment between steps."""
        return tuple(s for s in self._overriders["renew"] if s.period)

    def draws(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        """All random numbers that a turn needs, as 'strategy.what'."""
        return {
            f"{s.name}.{what}": draw
            for s in self._overriders["noise"]
            for what, draw in s.noise(batch, shape).items()
        }

    def after(self, player: Player, tensors: Tensors, report: Report, grads: Tensors) -> Tensors:
        """Everybody's new tensors; a later strategy sees an earlier one's."""
        changed: Tensors = {}
        for strategy in self._overriders["after"]:
            changed |= strategy.after(player, {**tensors, **changed}, report, grads)
        return changed

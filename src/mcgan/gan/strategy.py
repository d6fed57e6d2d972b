"""What a strategy may do to a game: a handful of hooks, the identity by default."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from torch import Tensor, nn

from mcgan.config.settings import check_settings
from mcgan.errors import UserError
from mcgan.gan.game import Game, MakeCritic, MakeGenerator
from mcgan.gan.ranks import ALONE, Ranks
from mcgan.gan.turn import Turn
from mcgan.rule import Rule
from mcgan.types import CriticCall, Draw, Moment, Player, Report, Sample, Sampler, Tensors


@dataclass(eq=False, repr=False)
class Strategy(nn.Module):
    """Base of every strategy: a dataclass of settings and a module of tensors.

    Hooks are pure: no in-place writes, no ``.item()``, no drawing of random numbers, because they
    are differentiated, vmapped and compiled. State is a buffer; only ``setup``, ``after`` and
    ``on_interval`` give it new values.
    """

    version: ClassVar[int] = 1  # raise it when the formula changes: results store it
    owner: ClassVar[Player] = "G"  # who trains the strategy's own parameters
    off: ClassVar[dict[str, Any]] = {}  # settings that make it do nothing
    # Whether it relates the examples of a batch other than by `Turn.whole` or ``self.ranks``: then
    # no two processes may have parts of it.
    spans_batch = False
    copies: ClassVar[bool] = False  # whether ``setup`` copies weights: then it is asked last
    name: str = field(default="", init=False)  # its key under ``reg``, set by the chain
    z_width: int = field(default=0, init=False)  # of the latents as they are drawn
    period: int = field(default=0, init=False)  # steps between calls of ``on_interval``; 0: never

    def __post_init__(self) -> None:
        super().__init__()
        check_settings(self)
        self.ranks: Ranks = ALONE
        self.notes: list[str] = []  # what the log should say once
        self.more = nn.ModuleList()  # the critics that ``extra_critics`` asks for
        self.penalises_gradient = self.reads_log_ratio = False  # set by gan.compatibility

    def play_with(self, ranks: Ranks) -> None:
        """From now on a batch is what these processes have of it together."""
        self.ranks = ranks

    def key(self, tensor: str) -> str:
        """The full name of one of the strategy's tensors."""
        return f"reg.{self.name}.{tensor}"

    def get_noise(self, moment: Moment, what: str) -> Tensor:
        """The strategy's own random numbers of this turn. Raises UserError for undeclared ones."""
        found = moment.noise.get(f"{self.name}.{what}")
        if found is None:
            mine = [n.partition(".")[2] for n in moment.noise if n.startswith(f"{self.name}.")]
            raise UserError(
                f"reg.{self.name}: get_noise asks for {what!r}; noise declares: "
                f"{', '.join(mine) or 'nothing'}"
            )
        return found

    # Built once, before training.
    def noise(self, batch: int, shape: tuple[int, ...]) -> dict[str, Draw]:
        """The random numbers that a turn needs, by a name of the strategy's own."""
        return {}

    def generator(self, make: MakeGenerator) -> MakeGenerator:
        """Another way to build the generator."""
        return make

    def discriminator(self, make: MakeCritic) -> MakeCritic:
        """Another way to build every critic."""
        return make

    def extra_critics(self) -> int:
        """The number of additional critics. Each is built like D, by all strategies, and lies in
        ``self.more``."""
        return 0

    def update(self, rule: Rule, player: Player) -> Rule:
        """Another update rule for a player."""
        return rule

    def setup(self, game: Game, data: Callable[[int], Tensor]) -> None:
        """Prepares the strategy, eagerly; ``data(n)`` draws n real examples (n, *S).

        Raises ValueError, in a sentence that says what to do, where it cannot work.
        """

    # What the critic sees, in both turns, and when samples are drawn.
    def latent(self, sample: Sample, moment: Moment) -> Sample:
        """Changed latents or origins, before G; in training and in sampling."""
        return sample

    def fakes(self, sample: Sample, moment: Moment) -> Sample:
        """Changed fakes, in D's turn only."""
        return sample

    def view(self, sample: Sample, moment: Moment) -> Sample:
        """Real or fake as the critic sees it, in both turns."""
        return sample

    def opponent(self, critic: CriticCall, turn: Turn) -> CriticCall:
        """The critic that G plays against."""
        return critic

    # What is minimised.
    def weigh(self, losses: Tensor, turn: Turn) -> Tensor:
        """G's losses per score, weighted or chosen."""
        return losses

    def d_term(self, turn: Turn) -> Tensor | None:
        """A term () of D's loss, logged by the strategy's name."""
        return None

    def g_term(self, turn: Turn) -> Tensor | None:
        """A term () of G's loss, logged by the strategy's name."""
        return None

    # Between turns and steps.
    def after(self, player: Player, tensors: Tensors, report: Report, grads: Tensors) -> Tensors:
        """New values by tensor name, after each player's turn; pure, like the hooks above."""
        return {}

    def on_interval(self, game: Game, tensors: Tensors, data: Callable[[int], Tensor]) -> Tensors:
        """New values by tensor name, once every ``period`` steps and per replica.

        It is called outside compiled and differentiated code: ``.item()``, loops and clustering
        are allowed.
        """
        return {}

    # When samples are shown.
    def shown(self, sample: Sample, moment: Moment) -> Sample:
        """Changed samples, as they come from G and before they are chosen among."""
        return sample

    def sampler(self, sample: Sampler, game: Game) -> Sampler:
        """Another way to draw samples."""
        return sample

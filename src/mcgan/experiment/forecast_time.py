"""How long a run takes at the least: known before any of it is built."""

from collections.abc import Iterable
from typing import NamedTuple

from torch import nn

from mcgan.engine import compile_cost
from mcgan.errors import UserError
from mcgan.experiment.forecast import Size
from mcgan.gan.game import Game

YEAR = 365.25 * 24 * 3600  # seconds
LONGEST = 2 * YEAR  # of a run
LEARNING = 6  # operations of a weight for an example: two forwards, twice as many backwards
PEAK = {"cpu": 1e13}  # operations a second of matrix products that no machine of today exceeds
PEAK_OF_A_GPU = 1e15


class Span(NamedTuple):
    """Seconds of a part of the run, and the settings that make them less."""

    what: str
    seconds: float
    settings: str


class TimePlan(NamedTuple):
    """How often the run does what."""

    steps: int
    turns: int  # of both players
    evaluations: int


def list_spans(plan: TimePlan, size: Size, game: Game | None, device: str) -> list[Span]:
    """The least time of each part on the fastest device of its kind.

    A turn takes at least a call, and D's weights are multiplied with every example of it. A game
    that cannot be built without memory (None) has calls alone.
    """
    flops = PEAK.get(device, PEAK_OF_A_GPU)
    generator, critic = (count(game.G), count(game.D)) if game else (0, 0)
    learnt = LEARNING * critic * size.batch * size.replicas * plan.turns
    drawn = 2 * generator * size.samples * size.replicas * plan.evaluations
    return [
        Span("the calls of its turns", plan.turns * compile_cost.TURN, "train.steps"),
        Span(
            "the products of its turns",
            learnt / flops,
            "train.steps, train.batch_size, replicas or arch.width",
        ),
        Span("its evaluations", drawn / flops, "eval.samples or replicas, or raise eval.every"),
    ]


def count(module: nn.Module) -> int:
    """The number of a module's parameters."""
    return sum(each.numel() for each in module.parameters())


def check_spans(spans: Iterable[Span]) -> None:
    """Raises UserError where the parts together take longer than two years."""
    known = list(spans)
    total, most = sum(span.seconds for span in known), max(known, key=lambda span: span.seconds)
    if total > LONGEST:
        raise UserError(
            f"this takes at least {total / YEAR:,.0f} years, most of it for "
            f"{most.what}: lower {most.settings}"
        )

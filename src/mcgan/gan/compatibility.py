"""Which parts of a game go together: what a strategy may claim in its ``setup``, and the checks.

What cannot be right raises ValueError, in a sentence that says what to do. What is doubtful
becomes a note for the log.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from mcgan.gan.game import Game
from mcgan.gan.networks import batch_normalised
from mcgan.gan.strategy import Strategy
from mcgan.schedule import Schedule


def forbid_batch_norm(game: Game, why: str) -> None:
    """Raises ValueError where the critic has a batch norm."""
    if batch_normalised(game.D):
        raise ValueError(
            f"does not go with batch norm in the critic ({why}): choose another "
            "norm for it, such as arch.critic_norm=none or group"
        )


def claim_gradient_penalty(game: Game, strategy: Strategy) -> None:
    """The strategy penalises the critic's input gradient, example by example."""
    forbid_batch_norm(game, "a penalty on the critic's gradient, which is per example")
    strategy.penalises_gradient = True
    if game.D.has_cross_terms:
        strategy.notes.append(
            f"{strategy.name}: the critic compares examples of a batch, so the "
            "penalised gradient of the summed scores includes cross terms"
        )


def claim_log_ratio(game: Game, strategy: Strategy) -> None:
    """The strategy takes the score of an example for log p_data / p_G there."""
    if not game.objective.log_ratio:
        raise ValueError(
            "takes D's score for a log density ratio, and with this objective it "
            "is none: choose objective=non_saturating, minimax or rpgan"
        )
    forbid_batch_norm(game, "examples are judged one by one")
    if game.D.judges_batches:
        raise ValueError(
            "judges examples one by one, and this critic judges batches: drop one of the two"
        )
    strategy.reads_log_ratio = True


def check_objective(game: Game) -> None:
    """Raises ValueError where the objective does not go with the critic."""
    if game.objective.paired and batch_normalised(game.D):
        raise ValueError(
            "objective: a relativistic loss does not go with batch norm in the "
            "critic: choose another norm for it, such as arch.critic_norm=none"
        )


def check_company(game: Game, strategies: Sequence[Strategy]) -> None:
    """Raises ValueError where a strategy reads the score of an example that is not shown alone."""
    readers = [strategy for strategy in strategies if strategy.reads_log_ratio]
    if readers and critic_sees_more(game):
        raise ValueError(
            f"reg.{readers[0].name}: judges examples by themselves, "
            "and this critic sees more beside each: drop one of the two"
        )


def critic_sees_more(game: Game) -> bool:
    """Whether the critic sees more numbers than an example has."""
    shown = game.chain.view(game.example(), game.moment(game.batch, torch.Generator()))
    return shown.x.shape[1:] != game.shape


def ends_switched_off(strategy: Strategy) -> bool:
    """Whether a strategy does nothing at the end of the run: its weight has fallen to 0."""
    ends = {name: getattr(strategy, name) for name in strategy.off}
    return any(
        (value.end if isinstance(value, Schedule) else value) == strategy.off[name]
        for name, value in ends.items()
    )


def doubts(game: Game, strategies: Sequence[Strategy]) -> list[str]:
    """What the log should say once about the game."""
    notes = [note for strategy in strategies for note in strategy.notes]
    penalised = any(strategy.penalises_gradient for strategy in strategies)
    if game.objective.paired and not penalised:
        notes.append("a relativistic loss does not converge on its own: add reg=[r1,r2]")
    if any(s.penalises_gradient and not ends_switched_off(s) for s in strategies):
        notes += [
            f"{strategy.name}: a heavy penalty on D's gradient keeps its score from being "
            "a log density ratio"
            for strategy in strategies
            if strategy.reads_log_ratio
        ]
    return notes


def judges_packs(game: Game, data: Callable[[int], Tensor]) -> bool:
    """Whether D gives fewer scores than there are examples in a batch."""
    return bool(game.D(data(game.batch)).score.shape[0] != game.batch)
